//! Three PostgreSQL servers of which one leads, with synchronous replication: its leader can be killed.

use std::{
    path::{Path, PathBuf},
    process::Child,
    time::Duration,
};

use crate::{
    etcd::Etcd,
    fault::Fault,
    folder::Folder,
    patroni::{Node, Patroni},
    postgres::create_database,
    processes,
    programs::{Programs, program},
    rest, wait,
};

const NODES: usize = 3;
/// Three servers made anew on a busy machine.
const START_LIMIT: Duration = Duration::from_secs(120);
/// The leader's lease runs out after 20 s.
const FAIL_OVER_LIMIT: Duration = Duration::from_secs(90);
const GONE: Duration = Duration::from_secs(5);

/// A cluster by Patroni and etcd. Dropping it ends all of it.
#[derive(Debug)]
pub struct Cluster {
    programs: Programs,
    nodes: Vec<Patroni>,
    etcd: Etcd,
    folder: Folder,
}

impl Cluster {
    /// A new cluster, healthy.
    ///
    /// # Errors
    ///
    /// [`Fault::Missing`] when PostgreSQL, Patroni or etcd is not installed; else what they said.
    pub fn start() -> Result<Self, Fault> {
        let programs = Programs::find()?;
        program("patroni")?;
        program("etcd")?;
        let folder = Folder::temporary("cluster")?;
        programs.give(folder.path())?;
        let etcd = Etcd::start(&folder, &programs)?;
        let mut nodes = Vec::new();
        for node in (0..NODES).map(Node) {
            nodes.push(Patroni::new(node, &folder, &programs, etcd.port())?);
        }
        let mut cluster = Self { programs, nodes, etcd, folder };
        for node in &mut cluster.nodes {
            node.start(&cluster.folder, &cluster.programs)?;
        }
        cluster.wait_until_healthy()?;
        Ok(cluster)
    }

    /// Where a client connects: all three servers, of which it takes the one that can be written to.
    #[must_use]
    pub fn url(&self) -> String {
        self.url_of("postgres")
    }

    /// Makes an empty database and returns its address, of the same kind as [`Cluster::url`].
    ///
    /// # Errors
    ///
    /// [`Fault::Failed`] without a leader, or when the name is taken or none.
    pub fn database(&self, name: &str) -> Result<String, Fault> {
        create_database(&self.programs, self.nodes[self.leader()?.0].port, name)?;
        Ok(self.url_of(name))
    }

    /// Who leads now.
    ///
    /// # Errors
    ///
    /// [`Fault::Failed`] when nobody does, as between a kill and the fail-over.
    pub fn leader(&self) -> Result<Node, Fault> {
        self.with_role("primary")
            .ok_or_else(|| Fault::Failed { what: "no node leads".to_owned(), said: self.said() })
    }

    /// SIGKILL to the leader's Patroni, server and all their processes at once. It returns when they are gone: long
    /// before another leads.
    ///
    /// # Errors
    ///
    /// [`Fault::Failed`] without a leader, [`Fault::Late`] when they do not go.
    pub fn kill_leader(&mut self) -> Result<Node, Fault> {
        let leader = self.leader()?;
        self.kill(leader)?;
        Ok(leader)
    }

    /// The same for any node.
    ///
    /// # Errors
    ///
    /// [`Fault::Late`] when they do not go.
    pub fn kill(&mut self, node: Node) -> Result<(), Fault> {
        let node = &mut self.nodes[node.0];
        let [file, server] = node.paths();
        let mut own: Vec<&mut Child> = node.child.iter_mut().collect();
        processes::kill_all(&[&file, &server], &mut own)?;
        node.child = None;
        Ok(())
    }

    /// Waits until a node leads that is not this one.
    ///
    /// # Errors
    ///
    /// [`Fault::Late`] with the ends of the nodes' logs.
    pub fn wait_for_other_leader(&self, than: Node) -> Result<Node, Fault> {
        wait::until(
            "another leader",
            FAIL_OVER_LIMIT,
            || self.said(),
            || Ok(self.with_role("primary").filter(|leader| *leader != than)),
        )
    }

    /// Starts a killed node again and waits until it follows the leader.
    ///
    /// # Errors
    ///
    /// [`Fault::Late`] with the ends of the nodes' logs.
    pub fn rejoin(&mut self, node: Node) -> Result<(), Fault> {
        self.nodes[node.0].start(&self.folder, &self.programs)?;
        self.wait_until_healthy()
    }

    /// Hands the lead to the node that has everything, in good order, and waits until that leads.
    ///
    /// # Errors
    ///
    /// [`Fault::Failed`] when Patroni refuses, [`Fault::Late`] with the ends of the nodes' logs.
    pub fn switchover(&mut self) -> Result<Node, Fault> {
        let leader = self.leader()?;
        let next = wait::until(
            "a synchronous node",
            FAIL_OVER_LIMIT,
            || self.said(),
            || Ok(self.with_role("synchronous")),
        )?;
        let body = serde_json::json!({"leader": leader.to_string(), "candidate": next.to_string()});
        let answer =
            rest::post(self.nodes[leader.0].rest(), "/switchover", &body.to_string(), FAIL_OVER_LIMIT);
        match answer {
            Some((200..=299, _)) => self.wait_for_other_leader(leader),
            Some((status, said)) => {
                Err(Fault::Failed { what: format!("Patroni refuses the switchover: {status}"), said })
            }
            None => Err(Fault::Failed {
                what: "the leader's Patroni does not answer".to_owned(),
                said: self.said(),
            }),
        }
    }

    /// Waits until one node leads, the others follow it, and one of them synchronously.
    ///
    /// # Errors
    ///
    /// [`Fault::Late`] with the ends of the nodes' logs.
    pub fn wait_until_healthy(&self) -> Result<(), Fault> {
        wait::until("a healthy cluster", START_LIMIT, || self.said(), || Ok(self.is_healthy().then_some(())))
    }

    fn is_healthy(&self) -> bool {
        let Some(leader) = self.with_role("primary") else { return false };
        let follow = self.nodes.iter().filter(|node| node.is("replica")).count();
        follow == NODES - 1 && self.with_role("synchronous").is_some() && self.same_timeline(leader)
    }

    /// A node that was killed runs first and follows the new leader only then.
    fn same_timeline(&self, leader: Node) -> bool {
        let members = || -> Option<Vec<Option<u64>>> {
            let (_, text) = rest::get(self.nodes[leader.0].rest(), "/cluster")?;
            let cluster: serde_json::Value = serde_json::from_str(&text).ok()?;
            let members = cluster.get("members")?.as_array()?;
            Some(members.iter().map(|member| member.get("timeline")?.as_u64()).collect())
        };
        let timelines = members().unwrap_or_default();
        timelines.len() == NODES && timelines[0].is_some() && timelines.iter().all(|one| *one == timelines[0])
    }

    fn with_role(&self, role: &str) -> Option<Node> {
        (0..NODES).map(Node).find(|node| self.nodes[node.0].child.is_some() && self.nodes[node.0].is(role))
    }

    fn url_of(&self, database: &str) -> String {
        let hosts: Vec<String> = self.nodes.iter().map(|node| format!("127.0.0.1:{}", node.port)).collect();
        let hosts = hosts.join(",");
        format!("postgresql://postgres@{hosts}/{database}?target_session_attrs=read-write&connect_timeout=2")
    }

    fn said(&self) -> String {
        self.nodes.iter().map(|node| wait::tail(&node.log())).collect::<Vec<_>>().join("\n")
    }
}

impl Drop for Cluster {
    /// The Patronis first, so that none starts its server again; the servers so that they give their shared memory
    /// back; then whatever is left.
    fn drop(&mut self) {
        let mut paths: Vec<PathBuf> = self.nodes.iter().flat_map(Patroni::paths).collect();
        let (etcd, etcd_child) = self.etcd.parts();
        paths.push(etcd);
        let watching = self.nodes.iter().flat_map(|node| processes::started_with(&node.paths()[0])).collect();
        let servers = self.nodes.iter().flat_map(|node| processes::started_with(&node.database())).collect();
        let ended = processes::signal("KILL", &watching).and_then(|()| processes::signal("QUIT", &servers));
        let gone = || Ok((!servers.iter().any(|pid| processes::lives(*pid))).then_some(()));
        let ended = ended.and_then(|()| {
            // Those that hang are killed below.
            let _killed_below = wait::until("the servers' end", GONE, String::new, gone);
            let mut own: Vec<&mut Child> =
                self.nodes.iter_mut().filter_map(|node| node.child.as_mut()).collect();
            own.push(etcd_child);
            let paths: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
            processes::kill_all(&paths, &mut own)
        });
        if let Err(fault) = ended {
            eprintln!("{fault}");
        }
    }
}
