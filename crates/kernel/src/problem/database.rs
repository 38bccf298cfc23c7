//! What a failing database means: most of it passes, and then the client may come again.

use sea_orm::{DbErr, RuntimeErr};
use sqlx::Error as Driver;

use super::{Fault, Kind};

/// How long a client should wait for a database that is away or busy, in seconds.
const SOON: u32 = 1;

impl Fault for DbErr {
    fn kind(&self) -> Kind {
        let passing = match self {
            Self::ConnectionAcquire(_) | Self::Conn(_) => true,
            Self::Exec(RuntimeErr::SqlxError(error))
            | Self::Query(RuntimeErr::SqlxError(error)) => passes(error),
            _ => false,
        };
        if passing { Kind::Unavailable(SOON) } else { Kind::Internal }
    }
}

/// Whether SQLite may have ended the transaction in which this happened: out of memory, busy,
/// interrupted, an I/O error or a full disk. Any other failure undoes one statement.
pub(crate) fn ends_transaction(error: &DbErr) -> bool {
    let (DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error))) =
        error
    else {
        return false;
    };
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    let code = code.filter(|code| code.len() != 5).and_then(|code| code.parse::<u32>().ok());
    code.is_some_and(|code| matches!(code & 0xff, 5 | 7 | 9 | 10 | 13))
}

fn passes(error: &Driver) -> bool {
    match error {
        Driver::Io(_)
        | Driver::Tls(_)
        | Driver::Protocol(_)
        | Driver::PoolTimedOut
        | Driver::PoolClosed
        | Driver::WorkerCrashed => true,
        Driver::Database(error) => error.code().is_some_and(|code| code_passes(&code)),
        _ => false,
    }
}

/// PostgreSQL: connection trouble (08), roll-backs to retry (40), resources (53), intervention
/// such as a shutdown or the statement timeout (57), a lock that was not to be had.
/// SQLite: busy, locked, an I/O error or a full disk, in the lowest byte of its code.
fn code_passes(code: &str) -> bool {
    if code.len() == 5 {
        return ["08", "40", "53", "57", "55P03"].iter().any(|class| code.starts_with(class));
    }
    code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6 | 10 | 13))
}

#[cfg(test)]
mod tests {
    use super::code_passes;

    #[test]
    fn what_passes_is_told_from_what_is_our_fault() {
        for code in ["57014", "53300", "40P01", "08006", "5", "517", "13", "2826"] {
            assert!(code_passes(code), "{code}");
        }
        for code in ["23505", "42601", "22021", "2067", "1", "19"] {
            assert!(!code_passes(code), "{code}");
        }
    }
}
