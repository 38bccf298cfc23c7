//! What is mailed.

use notifications::Mail;

/// Every mail of this feature.
pub const ALL: &[Mail] = &[
    VERIFY_EMAIL,
    RESET_PASSWORD,
    SET_PASSWORD,
    PASSWORD_CHANGED,
    CONFIRM_NEW_EMAIL,
    EMAIL_CHANGE_REQUESTED,
    EMAIL_CHANGED,
    NEW_DEVICE,
    ACCOUNT_EXISTS,
    SESSION_ENDED,
    ACCOUNT_DELETED,
];

/// The link that proves a mailbox.
pub const VERIFY_EMAIL: Mail = Mail {
    kind: "auth.verify_email",
    english: include_str!("mails/verify_email.en.txt"),
    german: include_str!("mails/verify_email.de.txt"),
};

/// The link to choose another password.
pub const RESET_PASSWORD: Mail = Mail {
    kind: "auth.reset_password",
    english: include_str!("mails/reset_password.en.txt"),
    german: include_str!("mails/reset_password.de.txt"),
};

/// The link to choose the first password of an account that was made for somebody.
pub const SET_PASSWORD: Mail = Mail {
    kind: "auth.set_password",
    english: include_str!("mails/set_password.en.txt"),
    german: include_str!("mails/set_password.de.txt"),
};

/// The password is another now.
pub const PASSWORD_CHANGED: Mail = Mail {
    kind: "auth.password_changed",
    english: include_str!("mails/password_changed.en.txt"),
    german: include_str!("mails/password_changed.de.txt"),
};

/// The link that proves the mailbox that is to take the place of the old one.
pub const CONFIRM_NEW_EMAIL: Mail = Mail {
    kind: "auth.confirm_new_email",
    english: include_str!("mails/confirm_new_email.en.txt"),
    german: include_str!("mails/confirm_new_email.de.txt"),
};

/// To the old address: another is to take its place.
pub const EMAIL_CHANGE_REQUESTED: Mail = Mail {
    kind: "auth.email_change_requested",
    english: include_str!("mails/email_change_requested.en.txt"),
    german: include_str!("mails/email_change_requested.de.txt"),
};

/// To the old address: another has taken its place.
pub const EMAIL_CHANGED: Mail = Mail {
    kind: "auth.email_changed",
    english: include_str!("mails/email_changed.en.txt"),
    german: include_str!("mails/email_changed.de.txt"),
};

/// The account was signed in from a device that is new to it.
pub const NEW_DEVICE: Mail = Mail {
    kind: "auth.new_device",
    english: include_str!("mails/new_device.en.txt"),
    german: include_str!("mails/new_device.de.txt"),
};

/// Somebody has tried to use an address that has an account.
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
