//! A setting: what it is called, what it may be, and who may set it.

use sea_orm::DbErr;
use serde_json::Value as Json;

use super::{Definitions, Settler, Standpoint};
use crate::{
    db::Scope,
    id::{OrganizationId, UserId},
    problem::Invalid,
};

/// Who may set a value, and whose it is then; the higher come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SettingScope {
    /// An operator, for everybody.
    Platform,
    /// An organization, for itself and its members.
    Organization,
    /// A person, for themselves.
    User,
}

/// What values of a setting are good, and what they are in code.
pub trait Kind: Send + Sync + 'static {
    /// What a value is in code.
    type Value: Send;
    /// What a default is where it is declared.
    type Default: Copy + Send + Sync + 'static;
    /// What programs call the kind; it does not change.
    const NAME: &'static str;
    /// Whether nobody may see a value once it is set.
    const SECRET: bool = false;

    /// The good values, as a JSON Schema (draft 2020-12).
    fn schema(&self) -> Json;

    /// A good value as code wants it; else what is wrong with it, without repeating it, and where in
    /// it: the pointer begins at the value.
    fn read(&self, value: &Json) -> Result<Self::Value, Invalid>;

    /// Whether a good value is one that this scope may set.
    fn check_at(&self, _: &Self::Value, _: SettingScope) -> Result<(), Invalid> {
        Ok(())
    }

    /// Whether a good value of the platform's says something of this very organization, which then has
    /// no say of its own.
    fn names(&self, _: &Json, _: OrganizationId) -> bool {
        false
    }

    /// What of a good value of the platform's those below it may see who stand in this organization, or
    /// in none.
    fn seen_from(&self, value: Json, _: Option<OrganizationId>) -> Json {
        value
    }

    /// A default as JSON; `null` where there is none.
    fn write(&self, default: Self::Default) -> Json;
}

/// A setting, as a feature declares it in a `static` and hands it to
/// [`Feature::settings`](crate::Feature::settings).
pub struct Setting<K: Kind> {
    /// Its name, `feature.what`; a number's unit ends it, such as `_days`.
    pub key: &'static str,
    /// What it decides, in a sentence.
    pub sentence: &'static str,
    /// What it may be.
    pub kind: K,
    /// What holds while nobody has set it.
    pub default: K::Default,
    /// Who may set it.
    pub scopes: &'static [SettingScope],
}

/// A setting of whatever kind.
pub trait Definition: Send + Sync {
    /// Its name.
    fn key(&self) -> &'static str;
    /// What it decides.
    fn sentence(&self) -> &'static str;
    /// Who may set it.
    fn scopes(&self) -> &'static [SettingScope];
    /// What programs call its kind.
    fn kind(&self) -> &'static str;
    /// Whether nobody may see a value once it is set.
    fn is_secret(&self) -> bool;
    /// The good values, as a JSON Schema (draft 2020-12).
    fn schema(&self) -> Json;
    /// What the code says holds while nobody has set it; `null` where nothing does.
    fn default(&self) -> Json;
    /// Whether a value is good; else what is wrong with it, without repeating it.
    fn check(&self, value: &Json) -> Result<(), Invalid>;
    /// Whether a value is good, and one that this scope may set.
    fn check_at(&self, value: &Json, scope: SettingScope) -> Result<(), Invalid>;
    /// Whether a good value of the platform's says something of this very organization, which then has
    /// no say of its own.
    fn names(&self, value: &Json, organization: OrganizationId) -> bool;
    /// What of a good value of the platform's those below it may see who stand in this organization, or
    /// in none.
    fn seen_from(&self, value: Json, organization: Option<OrganizationId>) -> Json;
}

impl<K: Kind> Setting<K> {
    /// What holds where one stands: in an organization what it has set or inherits, else what the
    /// platform has set. It takes no statement where it is in memory, and what the transaction one
    /// stands in has changed does not count yet.
    pub async fn of(&self, view: &impl Scope) -> Result<K::Value, DbErr> {
        self.value_from(view, Standpoint { organization: view.organization(), user: None }).await
    }

    /// The same for an account, which may have set it for itself.
    pub async fn of_user(&self, view: &impl Scope, user: UserId) -> Result<K::Value, DbErr> {
        let from = Standpoint { organization: view.organization(), user: Some(user) };
        self.value_from(view, from).await
    }

    async fn value_from(&self, view: &impl Scope, from: Standpoint) -> Result<K::Value, DbErr> {
        let mut view = view.view();
        let committed;
        if view.is_transaction() {
            committed = view.committed();
            view = &committed;
        }
        let value = match view.of::<Settler>().0.value(view, self, from).await? {
            Some(value) => value,
            None => self.at_first(view.of::<Definitions>()),
        };
        // Whoever answers has checked it, and what is declared was checked at the start.
        let misfit = |_| DbErr::Custom(format!("the value of {} does not fit", self.key));
        self.kind.read(&value).map_err(misfit)
    }

    fn at_first(&self, definitions: &Definitions) -> Json {
        let declared = definitions.find(self.key).map(|it| it.default.clone());
        declared.unwrap_or_else(|| self.kind.write(self.default))
    }
}

impl<K: Kind> Definition for Setting<K> {
    fn key(&self) -> &'static str {
        self.key
    }

    fn sentence(&self) -> &'static str {
        self.sentence
    }

    fn scopes(&self) -> &'static [SettingScope] {
        self.scopes
    }

    fn kind(&self) -> &'static str {
        K::NAME
    }

    fn is_secret(&self) -> bool {
        K::SECRET
    }

    fn schema(&self) -> Json {
        self.kind.schema()
    }

    fn default(&self) -> Json {
        self.kind.write(self.default)
    }

    fn check(&self, value: &Json) -> Result<(), Invalid> {
        match value {
            Json::Null => Err(Invalid::new("", "required", "must be a value")),
            value => self.kind.read(value).map(drop),
        }
    }

    fn check_at(&self, value: &Json, scope: SettingScope) -> Result<(), Invalid> {
        self.check(value)?;
        self.kind.check_at(&self.kind.read(value)?, scope)
    }

    fn names(&self, value: &Json, organization: OrganizationId) -> bool {
        self.kind.names(value, organization)
    }

    fn seen_from(&self, value: Json, organization: Option<OrganizationId>) -> Json {
        self.kind.seen_from(value, organization)
    }
}
