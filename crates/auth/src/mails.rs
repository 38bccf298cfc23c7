//! What is mailed.

use notifications::Mail;

/// Every mail of this feature.
pub const ALL: &[Mail] =
    &[VERIFY_EMAIL, REGISTER_AGAIN, ACCOUNT_EXISTS, SESSION_ENDED, ACCOUNT_DELETED];

/// The link that proves a mailbox.
pub const VERIFY_EMAIL: Mail = Mail {
    kind: "auth.verify_email",
    english: include_str!("mails/verify_email.en.txt"),
    german: include_str!("mails/verify_email.de.txt"),
};

/// Several have registered with one address, and no link can be sent again safely.
pub const REGISTER_AGAIN: Mail = Mail {
    kind: "auth.register_again",
    english: include_str!("mails/register_again.en.txt"),
    german: include_str!("mails/register_again.de.txt"),
};

/// Somebody has tried to register with an address that has an account.
pub const ACCOUNT_EXISTS: Mail = Mail {
    kind: "auth.account_exists",
    english: include_str!("mails/account_exists.en.txt"),
    german: include_str!("mails/account_exists.de.txt"),
};

/// A refresh token was used twice.
pub const SESSION_ENDED: Mail = Mail {
    kind: "auth.session_ended",
    english: include_str!("mails/session_ended.en.txt"),
    german: include_str!("mails/session_ended.de.txt"),
};

/// The account is gone.
pub const ACCOUNT_DELETED: Mail = Mail {
    kind: "auth.account_deleted",
    english: include_str!("mails/account_deleted.en.txt"),
    german: include_str!("mails/account_deleted.de.txt"),
};
