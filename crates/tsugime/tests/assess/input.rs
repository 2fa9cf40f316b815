//! Wrong input: exit 2 and one line with file, line, field, and what is allowed.

use crate::stage::folder;
use crate::{TODAY, assess, printed, root};
use std::{fs, path::Path};

fn refused(arguments: &[&str], code: i32) -> String {
    let output = assess(arguments);
    let said = String::from_utf8(output.stderr.clone()).expect("a text");
    assert_eq!(output.status.code(), Some(code), "{said}");
    assert_eq!((said.lines().count(), printed(&output)), (1, String::new()), "{said}");
    said
}

pub(crate) fn copied(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let to = to.join(path.file_name().expect("a name"));
        if path.is_dir() { copied(&path, &to) } else { fs::copy(&path, &to).map(|_| ()).expect("copied") }
    }
}

#[test]
fn a_wrong_file_is_told_with_its_line() {
    let ground = folder("assess-input");
    fs::create_dir_all(&ground).expect("a folder");
    let path = ground.join("mine.toml");
    let path_text = path.to_str().expect("a path");
    let today = fs::read_to_string(root(TODAY)).expect("today's linkage");
    for (from, to, expected) in [
        (
            "window = \"rolling\"",
            "windows = \"rolling\"",
            "mine.toml:29: limits.windows: unknown field `windows`, expected one of `window`",
        ),
        ("day_yen = 300_000", "day_yen = \"¥300,000\"", "mine.toml:31: limits.day_yen: invalid type: string"),
        (
            "\"0125\" = [\"online_banking_otp\"]",
            "\"0125\" = [\"palm\"]",
            "banks.0125: \"palm\" is not offered by 0125",
        ),
    ] {
        fs::write(&path, today.replace(from, to)).expect("written");
        let said = refused(&[path_text], 2);
        assert!(said.contains(expected), "{said}");
    }
    fs::write(&path, [0xff, 0xfe]).expect("written");
    assert!(refused(&[path_text], 2).contains("cannot be read"));
    assert!(refused(&[ground.join("none.toml").to_str().expect("a path")], 2).contains("cannot be read"));
    for tries in ["0", "-1", "abc", "", "1000000001", "99999999999999999999999"] {
        let said = refused(&["--tries-a-day", tries, TODAY], 2);
        assert!(said.contains("--tries-a-day") && said.contains("1 to 1,000,000,000"), "{said}");
    }
    fs::write(&path, &today).expect("written");
    let itself = refused(&[path_text, "--html", path_text], 2);
    assert!(itself.contains("is what is read"), "{itself}");
    let nowhere = ground.join("no/where.html");
    assert!(refused(&[TODAY, "--html", nowhere.to_str().expect("a path")], 3).contains("cannot be written"));
    fs::remove_dir_all(&ground).expect("removed");
}

#[test]
fn a_folder_brings_its_own_directory() {
    let ground = folder("assess-folder");
    copied(&root("directory"), &ground);
    let path = ground.to_str().expect("a path");
    assert!(refused(&[path], 2).contains("linkage.toml: is not there"));
    fs::write(ground.join("linkge.toml"), "").expect("written");
    let said = refused(&[path], 2);
    assert!(said.contains("linkge.toml: nothing reads it here; allowed are linkage.toml, "), "{said}");
    fs::remove_file(ground.join("linkge.toml")).expect("removed");
    fs::copy(root(TODAY), ground.join("linkage.toml")).expect("copied");
    assert_eq!(assess(&[path]).status.code(), Some(0), "today's linkage on its own directory");
    fs::copy(root("linkage/koza-2020.toml"), ground.join("linkage.toml")).expect("copied");
    assert_eq!(assess(&[path]).status.code(), Some(2));
    let methods = fs::read_to_string(ground.join("methods.toml")).expect("methods");
    for (from, to, expected) in [
        (
            "category = \"possession\"",
            "category = \"posession\"",
            "unknown variant `posession`, expected one of `knowledge`, `possession`, `inherence`",
        ),
        (
            "[methods.account_pin_2020]",
            "[methods.palm]\nname_ja = \"\"\nname_en = \"\"\nfactors = [\"pin\"]\n\n[methods.account_pin_2020]",
            "methods.palm: no bank offers this method",
        ),
        (
            "phishable = true",
            "phishable = false",
            "factors.account_number.phishable: whatever is known can be typed",
        ),
    ] {
        fs::write(ground.join("methods.toml"), methods.replacen(from, to, 1)).expect("written");
        let said = refused(&[path], 2);
        assert!(said.contains(expected) && said.contains("methods.toml:"), "{said}");
    }
    fs::write(ground.join("methods.toml"), &methods).expect("written");
    fs::remove_file(ground.join("curves.toml")).expect("removed");
    assert!(refused(&[path], 2).contains("curves.toml:1: the file: the file is not there"));
    fs::remove_dir_all(&ground).expect("removed");
    fs::create_dir_all(&ground).expect("a folder");
    assert!(refused(&[path], 2).contains("linkage.toml: is not there"));
    fs::remove_dir_all(&ground).expect("removed");
}
