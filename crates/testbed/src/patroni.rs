//! One node of a cluster: a PostgreSQL server and the Patroni that watches over it.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
    process::Child,
};

use crate::{fault::Fault, folder::Folder, ports, programs, programs::Programs, rest};

/// Which of a cluster's three nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Node(pub(crate) usize);

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "n{}", self.0 + 1)
    }
}

/// The node's processes, ports and files. Its Patroni may be dead.
#[derive(Debug)]
pub(crate) struct Patroni {
    node: Node,
    pub(crate) port: u16,
    rest: u16,
    pub(crate) child: Option<Child>,
    folder: PathBuf,
}

impl Patroni {
    /// Writes its configuration; starts nothing.
    ///
    /// # Errors
    ///
    /// [`Fault::Io`], and [`Fault::Failed`] without free ports.
    pub(crate) fn new(node: Node, of: &Folder, programs: &Programs, etcd: u16) -> Result<Self, Fault> {
        let folder = of.path().join(node.to_string());
        fs::create_dir(&folder).map_err(Fault::io("making", &folder))?;
        programs.give(&folder)?;
        let patroni = Self { node, port: ports::free()?, rest: ports::free()?, child: None, folder };
        let file = patroni.configuration();
        fs::write(&file, patroni.text(programs, etcd)).map_err(Fault::io("writing", &file))?;
        Ok(patroni)
    }

    /// Starts Patroni, which starts or joins the cluster.
    ///
    /// # Errors
    ///
    /// [`Fault::Missing`] when it is not installed, [`Fault::Io`] when it does not start.
    pub(crate) fn start(&mut self, of: &Folder, programs: &Programs) -> Result<(), Fault> {
        let program = programs::program("patroni")?;
        let file = fs::OpenOptions::new().create(true).append(true).open(self.log());
        let file = file.map_err(Fault::io("writing", &self.log()))?;
        let again = file.try_clone().map_err(Fault::io("writing", &self.log()))?;
        let mut command = programs.command(&program);
        command.arg(self.configuration()).current_dir(&self.folder).stdout(file).stderr(again);
        let child = command.spawn().map_err(Fault::io("running", &program))?;
        of.list(child.id())?;
        self.child = Some(child);
        Ok(())
    }

    /// Whether its own Patroni says that it has this role: `primary`, `replica`, `synchronous`.
    pub(crate) fn is(&self, role: &str) -> bool {
        rest::get(self.rest, &format!("/{role}")).is_some_and(|(status, _)| status == 200)
    }

    pub(crate) fn rest(&self) -> u16 {
        self.rest
    }

    /// Patroni's file and the server's folder: what its processes were started with.
    pub(crate) fn paths(&self) -> [PathBuf; 2] {
        [self.configuration(), self.database()]
    }

    /// The server's folder.
    pub(crate) fn database(&self) -> PathBuf {
        self.folder.join("data")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    fn configuration(&self) -> PathBuf {
        self.folder.join("patroni.yml")
    }

    /// A smaller `ttl` than 20 is not taken by Patroni; it is most of the gap when a leader dies. Synchronous and
    /// strict: what was acknowledged is on two nodes, and without a second one nothing is acknowledged.
    fn text(&self, programs: &Programs, etcd: u16) -> String {
        let Self { node, port, rest, .. } = self;
        let quoted = |path: &Path| path.display().to_string().replace('\'', "''");
        let (data, bin, folder) = (quoted(&self.database()), quoted(programs.bin()), quoted(&self.folder));
        format!(
            "scope: testbed
name: {node}
restapi: {{listen: '127.0.0.1:{rest}', connect_address: '127.0.0.1:{rest}'}}
etcd3: {{hosts: '127.0.0.1:{etcd}'}}
bootstrap:
  dcs:
    ttl: 20
    loop_wait: 2
    retry_timeout: 5
    maximum_lag_on_failover: 0
    synchronous_mode: true
    synchronous_mode_strict: true
    postgresql:
      use_pg_rewind: true
      parameters: {{fsync: 'on', dynamic_shared_memory_type: mmap, max_connections: 100}}
  initdb: [data-checksums, no-sync, {{encoding: UTF8}}, {{locale: C}}]
postgresql:
  listen: '127.0.0.1:{port}'
  connect_address: '127.0.0.1:{port}'
  data_dir: '{data}'
  bin_dir: '{bin}'
  pgpass: '{folder}/pgpass'
  parameters: {{unix_socket_directories: ''}}
  pg_hba: ['host all all 127.0.0.1/32 trust', 'host replication all 127.0.0.1/32 trust']
  authentication: {{superuser: {{username: postgres}}, replication: {{username: copier}}, rewind: {{username: postgres}}}}
"
        )
    }
}
