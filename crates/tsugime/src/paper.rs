//! What a command leaves behind: lines on standard output, and files that are whole or not there.

use crate::exit::{Done, Ended};
use std::{
    fmt::Display,
    fs::{self, File},
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
};

/// Prints a line. A reader that has seen enough (`| head`) is no fault.
///
/// # Errors
/// Standard output takes no more: a full disk.
pub(crate) fn say(line: impl Display) -> Done {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{line}").and_then(|()| out.flush()) {
        Err(why) if why.kind() != ErrorKind::BrokenPipe => Err(Ended::fault("standard output", why)),
        _ => Ok(()),
    }
}

/// Writes a file beside its place and moves it there, so that a fault leaves what was there before. What is no
/// ordinary file (a pipe, `/dev/stdout`) is written to as it is.
///
/// # Errors
/// The file cannot be written.
pub(crate) fn put(path: &Path, bytes: &[u8]) -> Done {
    let written = if is_special(path) { write(path, bytes) } else { replace(&place_of(path), bytes) };
    written.map_err(|why| cannot(path, &why))
}

fn write(place: &Path, bytes: &[u8]) -> std::io::Result<()> {
    fs::OpenOptions::new().write(true).open(place)?.write_all(bytes)
}

fn replace(place: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let beside = beside(place);
    let made = File::create_new(&beside).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()?;
        if let Ok(before) = fs::metadata(place) {
            file.set_permissions(before.permissions())?;
        }
        fs::rename(&beside, place)
    });
    if made.is_err() {
        // Nothing more can be done about a rest that cannot be removed.
        let _removed = fs::remove_file(&beside);
    }
    made
}

/// Whether files could be written there: said before long work, not after it. They must also be apart from each
/// other and from what is read.
///
/// # Errors
/// A place that cannot be written, or one that is named twice.
pub(crate) fn can_put(places: &[&Path], read: &Path) -> Done {
    for (place, path) in places.iter().enumerate() {
        let others = places.iter().take(place).copied().chain([read]);
        if !is_special(path) && others.map(place_of).any(|other| other == place_of(path)) {
            let why = "is named twice, or is what is read; name another file";
            return Err(Ended::Refused(format!("{}: {why}", path.display())));
        }
        if path.is_dir() {
            return Err(Ended::Refused(format!("{}: is a folder; name a file", path.display())));
        }
        if !is_special(path) {
            let beside = beside(&place_of(path));
            let tried = File::create_new(&beside).and_then(|_| fs::remove_file(&beside));
            tried.map_err(|why| cannot(path, &why))?;
        }
    }
    Ok(())
}

/// Where a path leads, also where no file is yet.
fn place_of(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::canonicalize(path)
        .or_else(|_| Ok(fs::canonicalize(folder)?.join(path.file_name().unwrap_or_default())))
        .unwrap_or_else(|_: std::io::Error| path.to_owned())
}

fn is_special(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|known| !known.is_file() && !known.is_dir())
}

fn beside(place: &Path) -> PathBuf {
    let mut name = place.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    place.with_file_name(name)
}

fn cannot(path: &Path, why: &std::io::Error) -> Ended {
    Ended::fault(path.display(), format!("cannot be written ({why}); name another file"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("tsugime-paper-{name}-{}", std::process::id()));
        let _left = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder");
        folder
    }

    fn ended(done: Done) -> String {
        format!("{done:?}")
    }

    #[test]
    fn a_file_is_whole_or_as_it_was() {
        let folder = folder("whole");
        let file = folder.join("report.html");
        put(&file, b"one").expect("written");
        put(&file, b"two").expect("written again");
        assert_eq!(fs::read(&file).expect("read"), b"two");
        assert_eq!(fs::read_dir(&folder).expect("read").count(), 1, "nothing is left beside it");
        assert!(ended(put(&folder.join("no/where"), b"x")).contains("cannot be written"));
        put(Path::new("/dev/null"), b"x").expect("a device is written to as it is");
        assert!(!Path::new("/dev/null").is_file());
        assert!(ended(put(Path::new("/dev/full"), b"x")).contains("cannot be written"));
    }

    #[test]
    fn places_are_looked_at_before_the_work() {
        let folder = folder("places");
        let [read, one, other] = ["read.toml", "one.svg", "one.png"].map(|name| folder.join(name));
        fs::write(&read, "as it was").expect("written");
        can_put(&[&one, &other], &read).expect("free places");
        assert_eq!(fs::read_dir(&folder).expect("read").count(), 1, "nothing is made by looking");
        for (places, why) in [
            (vec![one.as_path(), &one], "named twice"),
            (vec![read.as_path()], "what is read"),
            (vec![folder.as_path()], "is a folder"),
            (vec![Path::new("/nowhere/one.svg")], "cannot be written"),
        ] {
            assert!(ended(can_put(&places, &read)).contains(why), "{places:?}");
        }
        assert_eq!(fs::read_to_string(&read).expect("read"), "as it was");
    }
}
