use sea_orm::{ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryTrait, Select, Statement};

use crate::{Scope, Tx};

/// What the database says it will do for this query. PostgreSQL plans it without a look at the values,
/// as it does for the server; they only tell which partitions it need not visit.
pub async fn plan<E: EntityTrait>(tx: &Tx<impl Scope>, query: Select<E>) -> Result<String, DbErr> {
    let backend = tx.get_database_backend();
    let statement = query.build(backend);
    let (explain, column) = if backend == DbBackend::Sqlite {
        (Statement { sql: format!("explain query plan {}", statement.sql), ..statement }, 3)
    } else {
        let values = statement.values.as_ref().map_or(0, |values| values.0.len());
        tx.execute_unprepared(&format!("prepare planned as {}", statement.sql)).await?;
        let places: Vec<_> = (1..=values).map(|place| format!("${place}")).collect();
        let places =
            if places.is_empty() { String::new() } else { format!("({})", places.join(", ")) };
        let execute = Statement { sql: format!("explain execute planned{places}"), ..statement };
        (Statement::from_sql_and_values(backend, execute.to_string(), []), 0)
    };
    let rows = tx.query_all_raw(explain).await?;
    let lines: Vec<String> =
        rows.iter().map(|row| row.try_get_by_index(column)).collect::<Result<_, _>>()?;
    if backend != DbBackend::Sqlite {
        tx.execute_unprepared("deallocate planned").await?;
    }
    Ok(lines.join("\n"))
}
