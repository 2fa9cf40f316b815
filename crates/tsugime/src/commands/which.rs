//! Which wallet a command is about: its data folder, or the configuration that names folder and database.

use crate::{
    config::Config,
    exit::Ended,
    folder::{Folder, database_of, store_keys},
};
use std::path::PathBuf;
use store::{Place, Store};

/// A wallet, by its folder or its configuration.
#[derive(Debug, clap::Args)]
pub(crate) struct Which {
    /// The server's data folder.
    #[arg(long, default_value = "data")]
    data: PathBuf,
    /// The server's configuration file, instead of the data folder.
    #[arg(long, conflicts_with = "data")]
    config: Option<PathBuf>,
}

impl Which {
    /// The data folder, which need not be there, and the database.
    ///
    /// # Errors
    /// The configuration is refused.
    pub(crate) fn find(&self) -> Result<(PathBuf, Place), Ended> {
        match &self.config {
            None => Ok((self.data.clone(), Place::File(database_of(&self.data)))),
            Some(config) => {
                let config = Config::read(config)?;
                let place = config.place()?;
                Ok((config.data, place))
            }
        }
    }

    /// The database as it is, for commands beside a running server, and the way to its keys.
    ///
    /// # Errors
    /// There is no complete data folder, or its key or the database cannot be used.
    pub(crate) fn look(&self) -> Result<(Store, PathBuf), Ended> {
        let (data, place) = self.find()?;
        let data = Folder::look_at(&data)?;
        Ok((Store::look_at(place, store_keys(&data)?)?, data))
    }
}
