//! The files of `directory/`, as they are part of the program.

macro_rules! files {
    ($($name:literal)*) => {
        /// Each file's name from `directory/`, and its text.
        pub(super) const FILES: &[(&str, &str)] = &[
            $(($name, include_str!(concat!("../../../../directory/", $name)))),*
        ];
    };
}

files! {
    "curves.toml"
    "methods.toml"
    "banks/0001.toml"
    "banks/0009.toml"
    "banks/0035.toml"
    "banks/0040.toml"
    "banks/0117.toml"
    "banks/0125.toml"
    "banks/0126.toml"
    "banks/0134.toml"
    "banks/0135.toml"
    "banks/0143.toml"
    "banks/0149.toml"
    "banks/0150.toml"
    "banks/0152.toml"
    "banks/0153.toml"
    "banks/0154.toml"
    "banks/0157.toml"
    "banks/0158.toml"
    "banks/0161.toml"
    "banks/0162.toml"
    "banks/0163.toml"
    "banks/0164.toml"
    "banks/0166.toml"
    "banks/0168.toml"
    "banks/0169.toml"
    "banks/0173.toml"
    "banks/0174.toml"
    "banks/0177.toml"
    "banks/0182.toml"
    "banks/0183.toml"
    "banks/0187.toml"
    "banks/0190.toml"
    "banks/0501.toml"
    "banks/0512.toml"
    "banks/0576.toml"
    "banks/9900.toml"
}
