//! Folders that hold what is nobody else's business.

use std::{fs::DirBuilder, io, path::Path};

/// Makes a folder, and those it is in, for its owner's eyes only; one that is there stays as it is.
pub fn private_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    if path.as_os_str().is_empty() { Ok(()) } else { builder.create(path) }
}
