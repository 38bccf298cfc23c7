//! The disk of the SQLite file is full (R8).
#![expect(clippy::disallowed_methods, reason = "a test starts programs")]

use std::{
    fs::{self, OpenOptions},
    io::Write,
    path::Path,
    process::Command,
};

use super::{ADMINISTERED, crowd::writing};
use crate::{
    books::Books,
    ledger::Ledger,
    process::{Place, SERVER},
    wire::Client,
};

/// Gives the process a small disk that only it sees, so that none is left over whatever happens.
const ON_A_SMALL_DISK: &str = "mount -t tmpfs -o size=8m tmpfs disk && exec \"$0\"";

#[actix_web::test]
async fn on_a_full_disk_what_is_there_can_be_read_and_with_space_writing_goes_on() {
    let place = Place::new().await;
    if place.database.url.starts_with("postgres") {
        return; // it is about the disk of the SQLite file
    }
    fs::create_dir(place.folder.path().join("disk")).unwrap();
    let unshare = ["--mount", "sh", "-c"];
    let allowed = Command::new("unshare").args(unshare).arg("mount -t tmpfs tmpfs /mnt").output();
    if !allowed.is_ok_and(|it| it.status.success()) {
        println!("LEFT OUT: a disk of its own needs root and util-linux's unshare.");
        return;
    }
    let variables = [
        ADMINISTERED[0],
        ADMINISTERED[1],
        ("DATABASE_URL", "sqlite:disk/full.db"),
        ("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"),
    ];
    let arguments = [unshare[0], unshare[1], unshare[2], ON_A_SMALL_DISK, SERVER];
    let mut server = place.ready(place.program("unshare", &arguments, &variables));
    let client = Client::administrator(&server.address);
    let mut ledger = Ledger::default();
    assert_eq!(ledger.rename(&client).unwrap().status, 200);

    let root = format!("/proc/{}/root", server.id());
    let disk = Path::new(&root).join(place.folder.path().strip_prefix("/").unwrap()).join("disk");
    for _ in 0..3 {
        let filling = disk.join("filling");
        let (told, ()) = writing((6, 0), &client, &ledger, || fill(&filling));
        for reply in told.iter().filter_map(|it| it.reply.as_ref()) {
            assert!(
                reply.status == 200 || reply.is_problem(503, "unavailable"),
                "{} {}",
                reply.text,
                server.log()
            );
        }
        // What the files have room for may still be written.
        let mut refused = 0;
        for _ in 0..2000 {
            let reply = ledger.rename(&client).unwrap();
            if reply.status != 200 {
                assert!(reply.is_problem(503, "unavailable"), "{}", reply.text);
                assert_eq!(client.get("/api/v1/users/me").unwrap().status, 200);
                refused += 1;
            }
            if refused == 10 {
                break;
            }
        }
        assert_eq!(refused, 10, "the disk never got full: {}", server.log());
        ledger.names_are_there(&client);
        assert_eq!(client.get("/livez").unwrap().status, 200);

        fs::remove_file(filling).unwrap();
        for _ in 0..10 {
            let reply = ledger.rename(&client).unwrap();
            assert_eq!(reply.status, 200, "{} {}", reply.text, server.log());
        }
    }
    assert!(server.lives());

    // What another server finds is what was acknowledged.
    for file in ["full.db", "full.db-wal"] {
        fs::copy(disk.join(file), place.folder.path().join(file)).unwrap();
    }
    server.kill();
    let server =
        place.serve(&[ADMINISTERED[0], ADMINISTERED[1], ("DATABASE_URL", "sqlite:full.db")]);
    ledger.names_are_there(&Client::administrator(&server.address));
    let file = place.folder.path().join("full.db");
    let books = Books::open(&format!("sqlite:{}", file.display())).await;
    books.are_sound().await;
    books.close().await;
}

/// Writes until nothing more fits.
fn fill(path: &Path) {
    let mut file = OpenOptions::new().create(true).append(true).open(path).unwrap();
    for size in [64 * 1024, 4096, 1] {
        while file.write_all(&vec![b'.'; size]).is_ok() {}
    }
}
