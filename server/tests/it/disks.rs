//! Disks that a test may fill, and a PostgreSQL that it may stop.
//!
//! A disk is a tmpfs in namespaces of its own, for which nobody needs rights. Where the system allows no such namespaces (a container
//! that forbids them), it is made by a limit on the size of files instead, and said so: the test is not left out.

use std::{
    io::{BufRead, BufReader, ErrorKind, Read, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::LazyLock,
};

use crate::crash::Serving;

/// In namespaces of its own, as their root.
const AS_ROOT: [&str; 4] = ["--user", "--map-root-user", "--mount", "bash"];
/// The same as somebody else, who may mount, too: PostgreSQL refuses to run as root.
const AS_ANYBODY: [&str; 6] = ["--user", "--map-user=1000", "--map-group=1000", "--keep-caps", "--mount", "bash"];

/// Whether a tmpfs can be mounted here.
static IS_ALLOWED: LazyLock<bool> = LazyLock::new(|| {
    let mut command = Command::new("unshare");
    command.args(AS_ANYBODY).args(["-c", "mount -t tmpfs -o size=1m tmpfs /tmp"]);
    let is_allowed = command.output().is_ok_and(|output| output.status.success());
    if !is_allowed {
        eprintln!("No user namespaces here: full disks are made by a limit on files.");
    }
    is_allowed
});

/// A folder of the program's on a disk of its own.
pub struct Disk {
    folder: PathBuf,
    is_small: bool,
}

impl Disk {
    /// Has the program of a command run with so many megabytes for `folder`, with what is in it now; `before` is what the shell does
    /// before that.
    pub fn of(command: &mut Command, folder: &Path, megabytes: u32, before: &str) -> Self {
        let is_small = *IS_ALLOWED;
        let at = folder.display();
        let mount = format!(
            "cp -a '{at}' '{at}-kept' && mount -t tmpfs -o size={megabytes}m tmpfs '{at}' && cp -a '{at}-kept/.' '{at}' &&"
        );
        let run = format!("{before}{} exec \"$0\" serve", if is_small { &mount } else { "" });
        let mut outer = Command::new(if is_small { "unshare" } else { "bash" });
        if is_small {
            outer.args(AS_ROOT);
        }
        outer.args(["-c", &run]).arg(command.get_program());
        if let Some(folder) = command.get_current_dir() {
            outer.current_dir(folder);
        }
        set_environment(&mut outer, command);
        *command = outer;
        Self { folder: folder.to_owned(), is_small }
    }

    /// The file that takes the room, as it is reached from outside.
    fn ballast(&self, serving: &Serving) -> PathBuf {
        let folder = self.folder.strip_prefix("/").unwrap();
        Path::new(&format!("/proc/{}/root", serving.pid())).join(folder).join("ballast")
    }

    /// Leaves no more room than this; without namespaces no file may grow beyond `limit`. In bytes.
    pub fn fill(&self, serving: &Serving, left: u64, limit: u64) {
        if !self.is_small {
            serving.limit_files(Some(limit));
            return;
        }
        let mut ballast = std::fs::File::create(self.ballast(serving)).unwrap();
        let piece = [0; 4_096];
        let bytes = write_until_full(&mut ballast, &piece);
        ballast.set_len(bytes - left.min(bytes)).unwrap();
    }

    /// Has a command run where the program's disk is.
    pub fn beside(&self, serving: &Serving, command: Command) -> Command {
        if !self.is_small {
            return command;
        }
        let mut inside = Command::new("nsenter");
        inside.args([
            "--user",
            "--mount",
            "--preserve-credentials",
            "--target",
            &serving.pid().to_string(),
            "bash",
            "-c",
        ]);
        inside.arg("cd \"$0\"; exec \"$@\"").arg(command.get_current_dir().unwrap());
        inside.arg(command.get_program()).args(command.get_args());
        set_environment(&mut inside, &command);
        inside
    }

    /// There is room again.
    pub fn empty(&self, serving: &Serving) {
        if self.is_small {
            std::fs::remove_file(self.ballast(serving)).unwrap();
        } else {
            serving.limit_files(None);
        }
    }
}

/// Files of a folder that nobody may change, root neither, until it is dropped: `chattr +i`. Not the memory that SQLite's processes share
/// by a file (`-shm`): who writes into the memory of a file that may not be written to is killed by the system.
pub struct Frozen(Vec<PathBuf>);

impl Frozen {
    /// Freezes what is in a folder. `None`, and said why, where the system does not let this user, or its file system knows no such thing.
    pub fn files(folder: &Path) -> Option<Self> {
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let frozen = Self(files.filter(|path| path.is_file() && !path.to_string_lossy().ends_with("-shm")).collect());
        if let Err(refused) = frozen.change("+i") {
            eprintln!("No file can be made unchangeable here: {refused}");
            return None;
        }
        Some(frozen)
    }

    fn change(&self, attribute: &str) -> Result<(), String> {
        let changed =
            Command::new("chattr").arg(attribute).args(&self.0).output().map_err(|error| error.to_string())?;
        if changed.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&changed.stderr).into_owned()) }
    }
}

impl Drop for Frozen {
    fn drop(&mut self) {
        let _ = self.change("-i");
    }
}

/// Gives a command what another one has of the environment.
fn set_environment(command: &mut Command, of: &Command) {
    for (name, value) in of.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
}

/// Writes until there is no room; how many bytes that were.
fn write_until_full(file: &mut std::fs::File, piece: &[u8]) -> u64 {
    let mut bytes = 0;
    loop {
        match file.write(piece) {
            Ok(written) => bytes += written as u64,
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::StorageFull, "{error}");
                return bytes;
            }
        }
    }
}

/// A PostgreSQL of one test: it may be stopped, and its tables lie on a disk that may be filled, where there are namespaces.
pub struct Cluster {
    shell: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    programs: String,
    port: u16,
    folder: tempfile::TempDir,
    /// Where it keeps what is not on the small disk.
    data: &'static str,
    /// Whether its tables lie on a small disk.
    pub is_small: bool,
}

impl Cluster {
    /// Starts one, whose tables alone lie on a small disk.
    pub fn start() -> Self {
        Self::start_in("data", 64)
    }

    /// Starts one that has everything on a small disk, its log too.
    pub fn start_on_one_disk() -> Self {
        Self::start_in("small/data", 128)
    }

    fn start_in(data: &'static str, megabytes: u32) -> Self {
        let tools = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("tools/postgres.sh");
        let found = Command::new(tools).arg("find").output().unwrap();
        let programs = String::from_utf8(found.stdout).unwrap().trim().to_owned();
        // One of them may be linked to from elsewhere, without the others beside it.
        let real = std::fs::canonicalize(Path::new(&programs).join("pg_ctl")).unwrap();
        let programs = real.parent().unwrap().to_str().unwrap().to_owned();
        let folder = tempfile::tempdir().unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let is_small = *IS_ALLOWED;
        let is_root = Command::new("id").arg("-u").output().unwrap().stdout.trim_ascii() == b"0";
        let mut command = if is_small {
            let mut command = Command::new("unshare");
            command.args(AS_ANYBODY);
            command
        } else if is_root {
            // As tools/postgres.sh does.
            assert!(Command::new("chown").arg("postgres").arg(folder.path()).status().unwrap().success());
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--", "bash"]);
            command
        } else {
            Command::new("bash")
        };
        command.current_dir(folder.path()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut shell = command.spawn().unwrap();
        let (input, output) = (shell.stdin.take().unwrap(), BufReader::new(shell.stdout.take().unwrap()));
        let mut cluster = Self { shell, input, output, programs, port, folder, data, is_small };
        cluster.run("mkdir small");
        if is_small {
            cluster.run(&format!("mount -t tmpfs -o size={megabytes}m,mode=700 tmpfs small"));
        }
        cluster.run("mkdir small/space");
        let make = "--username ringside --auth trust --encoding UTF8 --no-locale --no-sync --wal-segsize 1";
        cluster.run(&format!("\"$PG/initdb\" --pgdata {data} {make}"));
        cluster.go_on();
        let space = cluster.folder.path().join("small/space");
        cluster.sql(&format!("CREATE TABLESPACE small LOCATION '{}'", space.display()));
        cluster.sql("CREATE DATABASE ringside TABLESPACE small");
        cluster
    }

    /// Its address.
    pub fn address(&self) -> String {
        format!("postgres://ringside@127.0.0.1:{}/ringside", self.port)
    }

    /// Runs a command of the shell where its disk is; what it prints goes to a file.
    fn run(&mut self, command: &str) {
        writeln!(self.input, "PG='{}'; {{ {command}; }} >>said 2>&1; echo $?", self.programs).unwrap();
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        let said = || std::fs::read_to_string(self.folder.path().join("said")).unwrap_or_default();
        assert_eq!(line.trim(), "0", "{command}: {}", said());
    }

    fn sql(&mut self, sql: &str) {
        self.run(&format!("psql -h 127.0.0.1 -p {} -U ringside -c \"{sql}\" postgres", self.port));
    }

    /// `pg_ctl start`.
    pub fn go_on(&mut self) {
        let options = format!(
            "-p {} -h 127.0.0.1 -k {} -c fsync=off -c min_wal_size=2MB -c max_wal_size=8MB",
            self.port,
            self.folder.path().display()
        );
        let data = self.data;
        self.run(&format!(
            "\"$PG/pg_ctl\" --pgdata {data} --log server.log --silent --wait start --options '{options}'"
        ));
    }

    /// Starts it where it has ended by itself, and waits until it lets in.
    pub fn go_on_if_it_ended(&mut self) {
        let data = self.data;
        self.run(&format!("for n in $(seq 100); do \"$PG/pg_ctl\" --pgdata {data} status || break; \"$PG/pg_isready\" -h 127.0.0.1 -p {} && break; sleep 0.1; done", self.port));
        if !self.is_up() {
            self.go_on();
        }
    }

    fn is_up(&self) -> bool {
        let isready = Path::new(&self.programs).join("pg_isready");
        let mut asked = Command::new(isready);
        asked
            .args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()])
            .status()
            .is_ok_and(|status| status.success())
    }

    /// `pg_ctl stop`, and connections are cut off.
    pub fn stop(&mut self) {
        self.run(&format!("\"$PG/pg_ctl\" --pgdata {} --silent --wait --mode immediate stop", self.data));
    }

    /// Leaves no room for its tables.
    pub fn fill(&mut self) {
        assert!(self.is_small);
        self.run("! head -c 1G /dev/zero >small/ballast");
    }

    /// There is room again.
    pub fn empty(&mut self) {
        self.run("rm small/ballast");
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let stop =
            format!("\"$PG/pg_ctl\" --pgdata {} --silent --mode immediate stop >/dev/null 2>&1; exit", self.data);
        let _ = writeln!(self.input, "PG='{}'; {stop}", self.programs);
        let _ = self.output.read_to_end(&mut Vec::new());
        let _ = self.shell.wait();
    }
}
