//! The servers: one PostgreSQL and one Kafka for all tests of this file, stopped when the process of the tests ends.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use wiredesk_tests::ports::free_port;

use crate::certificates::Certificates;

/// A PostgreSQL with TLS: the superuser `wiredesk` is trusted without it, everybody else needs TLS and a password, and
/// `by_certificate` a certificate of that name.
pub struct Postgres {
    pub port: u16,
    pub certificates: Certificates,
}

impl Postgres {
    /// The superuser's URL.
    pub fn admin(&self) -> String {
        format!("postgres://wiredesk@127.0.0.1:{}/postgres", self.port)
    }

    /// A user's URL of a database, over TLS with everything checked. The certificate is for `localhost`.
    pub fn url(&self, user: &str, password: &str, database: &str) -> String {
        let authority = self.certificates.text("ca.pem");
        format!(
            "postgres://{user}:{password}@localhost:{}/{database}?sslmode=verify-full&sslrootcert={authority}",
            self.port
        )
    }
}

/// A Kafka whose ACLs are empty at first: whoever comes in plain is a superuser, everybody else must be allowed.
pub struct Kafka {
    /// Without TLS: for the tests themselves.
    pub plain: u16,
    /// TLS and SCRAM-SHA-512.
    pub sasl: u16,
    /// TLS with client certificates.
    pub mutual: u16,
    pub certificates: Certificates,
}

/// Those who can log in to Kafka, each with the password of [`kafka_password`].
pub const PRINCIPALS: [&str; 10] = [
    "fetcher",
    "cleaner",
    "processor",
    "relay",
    "stories",
    "api",
    "alerts",
    "migrator",
    "operator",
    "consumer",
];

/// The password of a principal.
pub fn kafka_password(principal: &str) -> String {
    format!("s3same-kafka-{principal}-9f4c")
}

/// The PostgreSQL; `None` where it cannot be had (which was said).
pub fn postgres() -> Option<&'static Postgres> {
    static ONE: OnceLock<Option<Postgres>> = OnceLock::new();
    ONE.get_or_init(start_postgres).as_ref()
}

/// The Kafka; `None` where it cannot be had (which was said).
pub fn kafka() -> Option<&'static Kafka> {
    static ONE: OnceLock<Option<Kafka>> = OnceLock::new();
    ONE.get_or_init(start_kafka).as_ref()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Where Kafka's jars are.
fn jars() -> PathBuf {
    std::env::var_os("KAFKA_CACHE").map_or_else(|| root().join(".cache/kafka"), PathBuf::from)
}

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(wiredesk_testkit::unique(&format!("wiredesk-{name}")));
    std::fs::create_dir_all(&folder).unwrap();
    // The server's own account has to reach its folder in it.
    Command::new("chmod").arg("755").arg(&folder).status().unwrap();
    folder
}

/// Starts a server by its script and leaves a shell that stops it when the pipe to it closes: when this process ends,
/// however it ends.
fn supervise(script: &str, folder: &Path, port: u16, more: &str, env: &[(&str, String)]) -> bool {
    const LIFE: &str = "trap '' INT TERM; \"$0\" start \"$1/server\" \"$2\" $3 >&2 && echo ready; cat >/dev/null; \
                        \"$0\" stop \"$1/server\" >&2; rm -rf \"$1\"";
    let script = root().join("deploy/local").join(script);
    let mut shell = Command::new("sh");
    shell.args(["-c", LIFE]).arg(script).arg(folder).arg(port.to_string()).arg(more);
    let mut shell = shell
        .envs(env.iter().map(|(name, value)| (*name, value.as_str())))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let _ = BufReader::new(shell.stdout.take().unwrap()).read_line(&mut line);
    // Never waited for: the pipe to it lives as long as this process.
    std::mem::forget(shell);
    line.trim() == "ready"
}

fn start_postgres() -> Option<Postgres> {
    if std::env::var_os("WIREDESK_TEST_DATABASE_URL").is_none() {
        wiredesk_testkit::skip(
            "no Postgres: WIREDESK_TEST_DATABASE_URL is not set; run the tests by `make test`",
        );
        return None;
    }
    let folder = folder("postgres");
    let certificates = Certificates::make(&folder)?;
    certificates.sign("server", "DNS:localhost");
    certificates.sign("by_certificate", "");
    let rules = "host all wiredesk 127.0.0.1/32 trust\n\
                 hostssl all by_certificate 127.0.0.1/32 cert\n\
                 hostssl all all 127.0.0.1/32 scram-sha-256\n";
    std::fs::write(folder.join("hba.conf"), rules).unwrap();
    let port = free_port();
    // The server reads its key as its own account, and only where nobody else can.
    let own = "cp server.key own.key; chmod 600 own.key; [ \"$(id -u)\" != 0 ] || chown postgres own.key || chown nobody own.key";
    Command::new("sh").args(["-c", own]).current_dir(&folder).status().unwrap();
    let at = |file: &str| folder.join(file).display().to_string();
    let options = format!(
        "-c ssl=on -c ssl_cert_file={} -c ssl_key_file={} -c ssl_ca_file={} -c hba_file={}",
        at("server.pem"),
        at("own.key"),
        at("ca.pem"),
        at("hba.conf")
    );
    let up = supervise("postgres.sh", &folder, port, "throwaway", &[("POSTGRES_OPTIONS", options)]);
    assert!(up, "PostgreSQL with TLS does not start");
    Some(Postgres { port, certificates })
}

fn start_kafka() -> Option<Kafka> {
    wiredesk_testkit::kafka()?;
    let folder = folder("kafka");
    let certificates = Certificates::make(&folder)?;
    certificates.sign("broker", "DNS:localhost,IP:127.0.0.1");
    certificates.sign("by-certificate", "");
    let both = ["broker.key", "broker.pem"].map(|file| std::fs::read_to_string(folder.join(file)).unwrap());
    std::fs::write(folder.join("both.pem"), both.join("")).unwrap();
    let (plain, sasl, mutual) = (free_port(), free_port(), free_port());
    let controller = plain + 1;
    let properties = format!(
        "listeners=PLAINTEXT://127.0.0.1:{plain},CONTROLLER://127.0.0.1:{controller},SASL://127.0.0.1:{sasl},MUTUAL://127.0.0.1:{mutual}\n\
         advertised.listeners=PLAINTEXT://127.0.0.1:{plain},SASL://127.0.0.1:{sasl},MUTUAL://127.0.0.1:{mutual}\n\
         listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL:SASL_SSL,MUTUAL:SSL\n\
         authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer\n\
         super.users=User:ANONYMOUS\n\
         allow.everyone.if.no.acl.found=false\n\
         sasl.enabled.mechanisms=SCRAM-SHA-512\n\
         listener.name.sasl.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;\n\
         ssl.keystore.type=PEM\n\
         ssl.keystore.location={}\n\
         ssl.truststore.type=PEM\n\
         ssl.truststore.location={}\n\
         listener.name.mutual.ssl.client.auth=required\n\
         ssl.principal.mapping.rules=RULE:^CN=([^,]+).*$/$1/",
        folder.join("both.pem").display(),
        folder.join("ca.pem").display(),
    );
    let users = PRINCIPALS.map(|who| {
        format!("--add-scram SCRAM-SHA-512=[name=wiredesk-{who},password={}]", kafka_password(who))
    });
    let env = [
        ("KAFKA_PROPERTIES", properties),
        ("KAFKA_FORMAT", users.join(" ")),
        ("KAFKA_CACHE", jars().display().to_string()),
    ];
    let up = supervise("kafka.sh", &folder, plain, "", &env);
    assert!(up, "Kafka with TLS does not start");
    Some(Kafka { plain, sasl, mutual, certificates })
}

impl Kafka {
    /// Gives rights, as `wiredesk acls --format json` prints them.
    pub fn allow(&self, rights: &str) {
        use std::io::Write;
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("security/Acls.java");
        let mut java = Command::new("java")
            .args(["-XX:TieredStopAtLevel=1", "-cp"])
            .arg(format!("{}/*", jars().display()))
            .arg(program)
            .arg(format!("127.0.0.1:{}", self.plain))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        java.stdin.take().unwrap().write_all(rights.as_bytes()).unwrap();
        let output = java.wait_with_output().unwrap();
        let given = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert_eq!(given, rights.lines().count().to_string(), "the rights were not given: {complaint}");
    }
}
