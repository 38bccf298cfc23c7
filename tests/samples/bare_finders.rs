//! What clippy is to refuse: each line reaches every organization's rows. scripts/lint has it look at
//! this, and fails where one line passes.

use sea_orm::{DatabaseConnection, EntityTrait, entity::prelude::*};

mod thing {
    #![expect(clippy::disallowed_methods, reason = "sea-orm's derive calls find()")]

    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "things")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub organization_id: Uuid,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

async fn reach(database: &DatabaseConnection) -> Result<(), DbErr> {
    thing::Entity::find().all(database).await?;
    thing::Entity::find_by_id(Uuid::nil()).one(database).await?;
    thing::Entity::update_many().exec(database).await?;
    thing::Entity::delete_many().exec(database).await?;
    thing::Entity::delete_by_id(Uuid::nil()).exec(database).await?;
    Ok(())
}

fn main() {
    drop(reach(&DatabaseConnection::default()));
}
