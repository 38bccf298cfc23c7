//! Things of an organization: the rows of the tests, made by the feature itself at start.
#![expect(clippy::disallowed_methods, reason = "sea-orm's derive calls find()")]

use kernel::{
    Door, Listing, OrgTx, OrgView, OrganizationId, Refusal, Tenanted, Versioned, View, for_change,
};
use sea_orm::{ActiveValue::Set, ConnectionTrait, DbErr, Schema, entity::prelude::*};

use crate::demo::ThingIn;

kernel::id!(
    /// A thing.
    ThingId
);

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "things")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ThingId,
    pub organization_id: OrganizationId,
    pub name: String,
    pub rank: i32,
    pub note: Option<String>,
    pub version: i64,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

impl Tenanted for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}

impl Versioned for Model {
    fn version(&self) -> i64 {
        self.version
    }
}

pub const LISTING: Listing<Entity> = Listing {
    id: Column::Id,
    sorts: &[
        ("created_at", Column::CreatedAt),
        ("id", Column::Id),
        ("name", Column::Name),
        ("note", Column::Note),
        ("rank", Column::Rank),
    ],
    default: "-id",
};

/// Makes the table; a feature prepares with it.
pub async fn table(door: &Door<View>) -> Result<(), DbErr> {
    door.run(async |tx| {
        let schema = Schema::new(tx.get_database_backend());
        // A second replica finds it made.
        tx.execute(schema.create_table_from_entity(Entity).if_not_exists()).await?;
        let index = "create index if not exists things_rank on things (organization_id, rank, id)";
        tx.execute_unprepared(index).await?;
        Ok(())
    })
    .await
}

pub fn row(tx: &OrgTx, rank: i32) -> ActiveModel {
    let (id, created_at) = (tx.id(), tx.now());
    let name = format!("thing {rank}");
    let thing =
        Model { id, organization_id: tx.org(), name, rank, note: None, version: 1, created_at };
    ActiveModel::from(thing).reset_all()
}

pub async fn create(tx: &OrgTx, new: ThingIn) -> Result<Model, DbErr> {
    let ThingIn { name, rank, note } = new;
    let thing = Model {
        id: tx.id(),
        organization_id: tx.org(),
        name,
        rank,
        note,
        version: 1,
        created_at: tx.now(),
    };
    let row = ActiveModel::from(thing.clone()).reset_all();
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(thing)
}

pub async fn by_id(view: &OrgView, id: ThingId) -> Result<Model, Refusal> {
    let row = Entity::mine(view).filter(Column::Id.eq(id)).one(view).await?;
    row.ok_or(Refusal::NotFound)
}

pub async fn for_update(tx: &OrgTx, id: ThingId) -> Result<Model, Refusal> {
    for_change(tx, Entity::mine(tx).filter(Column::Id.eq(id))).await
}

pub async fn save(tx: &OrgTx, thing: Model, new: ThingIn) -> Result<Model, DbErr> {
    let ThingIn { name, rank, note } = new;
    let changed = Model { name, rank, note, version: thing.version + 1, ..thing };
    let mut row = ActiveModel::from(changed.clone()).reset_all();
    row.id = Set(changed.id);
    Entity::update(row).exec(tx).await
}
