#![expect(clippy::disallowed_methods, reason = "sea-orm's derive calls find()")]

use kernel::{Claimed, OrganizationId, Tenanted, UserId};
use sea_orm::{Condition, entity::prelude::*, sea_query::Expr};

kernel::id!(
    /// An entry of the log.
    EntryId
);

/// One thing that happened; it is never changed.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_log")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EntryId,
    pub organization_id: OrganizationId,
    pub action: String,
    pub outcome: String,
    pub actor_type: String,
    pub actor_id: Uuid,
    pub target_type: String,
    pub target_id: Uuid,
    pub changes: Json,
    /// Whose key `personal` is under; nil where there is nothing personal.
    pub person_id: UserId,
    /// What changed of a person.
    pub personal: Option<Vec<u8>>,
    /// Whose key `origin` is under; nil is the platform's own.
    pub origin_person_id: UserId,
    /// Address and user agent of the request.
    pub origin: Option<Vec<u8>>,
    pub request_id: String,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

/// What an entry has to do with a person, who may read it wherever it is.
#[derive(Clone, Copy, Debug)]
pub enum Concern {
    /// They did it.
    By(UserId),
    /// Somebody else did it to their account.
    To(UserId),
    /// Somebody else did it to another thing, and it tells something of them.
    About(UserId),
}

impl Claimed for Entity {
    type Claim = Concern;

    fn claim(concern: &Concern) -> Condition {
        // What the indexes of people are about stands in the statement itself, and is no value.
        let by_person = Expr::cust(r#""audit_log"."actor_type" = 'user'"#);
        let of_person = Expr::cust(r#""audit_log"."target_type" = 'user'"#);
        match concern {
            Concern::By(person) => {
                Condition::all().add(Column::ActorId.eq(person.0)).add(by_person)
            }
            Concern::To(person) => Condition::all()
                .add(Column::TargetId.eq(person.0))
                .add(of_person)
                .add(Column::ActorId.ne(person.0)),
            Concern::About(person) => Condition::all()
                .add(Column::PersonId.eq(*person))
                .add(Column::Personal.is_not_null())
                .add(Column::TargetId.ne(person.0))
                .add(Column::ActorId.ne(person.0)),
        }
    }
}

impl Tenanted for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
