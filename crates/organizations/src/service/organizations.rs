//! Organizations from their making to their end.

use std::collections::HashMap;

use audit_log::{Entry, Target};
use kernel::{
    Caller, Merge, OrgTx, OrgView, OrganizationId, PageOf, Permission, Tx, UserId, View,
    db::PageRequest,
};
use sea_orm::ActiveValue::Set;
use users::Status;

use super::{members, ownership::keep_an_owner};
use crate::{
    Delete, Error, Restore, Write,
    config::kept,
    models::{
        membership,
        organization::{self, Organization, Which},
    },
    schemas::organizations::{
        MyOrganizationOut, NewOrganizationIn, OrganizationFilter, OrganizationIn, Recorded,
    },
    slug, standing,
};

/// How often a derived slug is tried with another end.
const TRIES: usize = 4;

/// Makes an organization whose owner is who asks.
pub async fn create(tx: &Tx, new: NewOrganizationIn) -> Result<Organization, Error> {
    // Their account is held, so that it is not disabled or deleted without this one being seen.
    let owner = users::hold(tx, who(tx)?).await?;
    if owner.status != Status::Active {
        return Err(Error::NotFound);
    }
    let id: OrganizationId = tx.id();
    let tx = &tx.inside(id);
    let organization = match new.slug {
        Some(slug) => insert(tx, &new.name, slug).await?,
        None => insert_derived(tx, &new.name).await?,
    };
    let organization = organization.ok_or(Error::SlugTaken)?;
    audit_log::record(
        tx,
        entry("organization.created", id).created(&Recorded::from(&organization)),
    );
    let roles = roles::found(tx).await?;
    members::join(tx, owner.id, roles.get(..1).unwrap_or_default()).await?;
    Ok(organization)
}

/// A page of the organizations that who asks belongs to, or may restore.
pub async fn list(
    view: &View,
    page: &PageRequest,
    filter: OrganizationFilter,
) -> Result<PageOf<MyOrganizationOut>, Error> {
    let user = who(view)?;
    let page = if filter.deleted == Some(true) {
        let which = Which::ErasedAfter(view.now());
        membership::page_of_deleted(view, user, which, page).await?
    } else {
        membership::page_of(view, user, page).await?
    };
    let ids: Vec<OrganizationId> = page.items.iter().map(|it| it.organization_id).collect();
    let standings = standing::of_several(view, user, &ids).await?;
    let organizations = organization::of(view, ids).await?;
    let mut organizations: HashMap<_, _> =
        organizations.into_iter().map(|it| (it.id, it)).collect();
    let PageOf { items, next_cursor, prev_cursor, total } = page;
    let mine = items.iter().filter_map(|it| {
        let organization = organizations.remove(&it.organization_id)?;
        let roles = standings.get(&it.organization_id).map_or(&[][..], Vec::as_slice);
        Some(MyOrganizationOut {
            deleted_at: organization.deleted_at,
            erase_at: organization.erase_at,
            roles: roles.iter().map(|role| role.key.as_ref().to_owned()).collect(),
            organization: organization.into(),
        })
    });
    Ok(PageOf { items: mine.collect(), next_cursor, prev_cursor, total })
}

/// The organization.
pub async fn read(view: &OrgView) -> Result<Organization, Error> {
    organization::live(view).await?.ok_or(Error::NotFound)
}

/// Changes what the patch names.
pub async fn update(tx: &OrgTx, patch: Merge<OrganizationIn>) -> Result<Organization, Error> {
    let before = organization::changing(tx).await?;
    standing::confirm(tx, Write::KEY).await?;
    let document = OrganizationIn::from(&before);
    let changed = patch.onto(&document)?;
    if changed == document {
        return Ok(before);
    }
    let OrganizationIn { name, slug } = changed;
    let skeleton = slug::shape(&slug);
    if skeleton != before.slug_skeleton && organization::is_taken(tx, &skeleton).await? {
        return Err(Error::SlugTaken);
    }
    let recorded = Recorded::from(&before);
    let after = organization::save(tx, before, |row| {
        row.name = Set(name);
        row.slug = Set(slug);
        row.slug_skeleton = Set(skeleton);
    })
    .await?;
    note(tx, "organization.updated", &recorded, &after);
    Ok(after)
}

/// Hides an organization from all but its owner, who may restore it.
pub async fn delete(tx: &OrgTx) -> Result<(), Error> {
    let before = organization::changing(tx).await?;
    standing::confirm(tx, Delete::KEY).await?;
    let recorded = Recorded::from(&before);
    let (now, kept) = (tx.now(), kept(tx).await?);
    let after = organization::save(tx, before, |row| {
        row.deleted_at = Set(Some(now));
        row.erase_at = Set(Some(now + kept));
    })
    .await?;
    standing::look_again(tx);
    note(tx, "organization.deleted", &recorded, &after);
    Ok(())
}

/// Brings a deleted organization back; one that is not deleted stays as it is.
pub async fn restore(tx: &OrgTx) -> Result<Organization, Error> {
    let before = organization::hold_any(tx).await?.ok_or(Error::NotFound)?;
    if before.deleted_at.is_none() {
        return Ok(before);
    }
    if before.erase_at.is_none_or(|erase_at| erase_at <= tx.now()) {
        return Err(Error::NotFound);
    }
    standing::confirm(tx, Restore::KEY).await?;
    // Who asks may have been deleted or disabled a moment ago, and have been its last owner.
    keep_an_owner(tx, &[]).await?;
    if organization::is_taken(tx, &before.slug_skeleton).await? {
        return Err(Error::SlugTaken);
    }
    let recorded = Recorded::from(&before);
    let after = organization::save(tx, before, |row| {
        row.deleted_at = Set(None);
        row.erase_at = Set(None);
    })
    .await?;
    standing::look_again(tx);
    note(tx, "organization.restored", &recorded, &after);
    Ok(after)
}

/// Who asks, where it is a person.
pub fn who(view: &View) -> Result<UserId, Error> {
    view.caller().and_then(Caller::user).ok_or(Error::NotFound)
}

/// An entry about an organization.
pub fn entry(action: &'static str, organization: OrganizationId) -> Entry {
    Entry::of(action, Target::new("organization", organization))
}

async fn insert_derived(tx: &OrgTx, name: &str) -> Result<Option<Organization>, Error> {
    let derived = slug::derived(name);
    let mut slug = derived.clone();
    for _ in 0..TRIES {
        if let Some(organization) = insert(tx, name, slug).await? {
            return Ok(Some(organization));
        }
        slug = slug::suffixed(&derived);
    }
    Ok(None)
}

async fn insert(tx: &OrgTx, name: &str, slug: String) -> Result<Option<Organization>, Error> {
    let organization = Organization {
        id: tx.org(),
        name: name.to_owned(),
        slug_skeleton: slug::shape(&slug),
        slug,
        version: 1,
        created_at: tx.now(),
        updated_at: tx.now(),
        deleted_at: None,
        erase_at: None,
    };
    let inserted = organization::insert(tx, &organization).await?;
    Ok(inserted.then_some(organization))
}

fn note(tx: &OrgTx, action: &'static str, before: &Recorded, after: &Organization) {
    audit_log::record(tx, entry(action, after.id).changed(before, &Recorded::from(after)));
}
