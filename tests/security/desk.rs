//! A deployment under roles: a database on our PostgreSQL, logins that hold one role each, and what a process gets of it.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, PgPool};
use wiredesk_tests::{Desk, Process};

use crate::servers::{Kafka, Postgres, kafka_password};

/// The services, each with the role of its name.
pub const SERVICES: [&str; 7] = ["fetcher", "cleaner", "processor", "relay", "stories", "api", "alerts"];

/// A deployment whose roles were made.
pub struct Guarded {
    pub desk: Desk,
    /// First part of its roles' names.
    pub roles: String,
    postgres: &'static Postgres,
    kafka: Option<&'static Kafka>,
}

/// The password of a role's login.
pub fn password(role: &str) -> String {
    format!("s3same-postgres-{role}-7b1e")
}

impl Guarded {
    /// A database with tables and roles, made by its owner, who is no superuser; on Kafka also topics and rights.
    pub async fn prepare(
        postgres: &'static Postgres,
        kafka: Option<&'static Kafka>,
        sources: Vec<toml::Table>,
    ) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let roles = format!("desk{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let database = wiredesk_testkit::empty_postgres_at(&postgres.admin()).await;
        let plain = kafka.map(|kafka| format!("127.0.0.1:{}", kafka.plain));
        let guarded = Self { desk: Desk::on(database, plain, sources), roles, postgres, kafka };
        let owner = guarded.login("owner");
        guarded
            .admin(&format!(
                "CREATE ROLE {owner} LOGIN CREATEROLE PASSWORD '{}'; ALTER DATABASE \"{}\" OWNER TO {owner}; \
                 ALTER SCHEMA public OWNER TO pg_database_owner",
                password("owner"),
                guarded.database()
            ))
            .await;
        if let Some(kafka) = kafka {
            let (code, rights) = guarded.desk.run(&["acls", "--format", "json"]);
            assert_eq!(code, 0, "acls: {rights}");
            kafka.allow(&rights);
        }
        // Twice: the second time nothing is missing, and everything is set anew.
        for _ in 0..2 {
            let (code, output) =
                guarded.run("owner", &["migrate", "--roles", "--role-prefix", &guarded.roles]);
            assert_eq!(code, 0, "migrate --roles: {output}");
        }
        for role in SERVICES.iter().chain(&["migrator", "operator"]) {
            let (login, group) = (guarded.login(role), guarded.role(role));
            let statement =
                format!("CREATE ROLE {login} LOGIN PASSWORD '{}' IN ROLE {group}", password(role));
            guarded.admin(&statement).await;
        }
        let statement =
            format!("ALTER ROLE {} PASSWORD '{}'", guarded.role("dashboard"), password("dashboard"));
        guarded.admin(&statement).await;
        guarded
    }

    /// A role's whole name.
    pub fn role(&self, name: &str) -> String {
        format!("{}_{name}", self.roles)
    }

    /// The user who logs in for a role.
    pub fn login(&self, role: &str) -> String {
        if role == "dashboard" { self.role(role) } else { format!("{}_login_{role}", self.roles) }
    }

    /// The database's name.
    pub fn database(&self) -> String {
        self.desk.postgres.url().rsplit_once('/').map(|(_, name)| name.to_owned()).unwrap()
    }

    /// A role's URL.
    pub fn url(&self, role: &str) -> String {
        self.postgres.url(&self.login(role), &password(role), &self.database())
    }

    /// Connections as a role's login.
    pub async fn connect(&self, role: &str) -> PgPool {
        PgPool::connect(&self.url(role)).await.unwrap_or_else(|error| panic!("{role} cannot log in: {error}"))
    }

    /// Does something as superuser.
    pub async fn admin(&self, statements: &str) {
        let done = sqlx::raw_sql(AssertSqlSafe(statements.to_owned())).execute(self.desk.db()).await;
        done.unwrap_or_else(|error| panic!("{statements}: {error}"));
    }

    /// A secret in a file.
    pub fn file(&self, name: &str, secret: &str) -> PathBuf {
        let path = self.desk.folder().join(name);
        // As editors leave it, with an end of line.
        std::fs::write(&path, format!("{secret}\n")).unwrap();
        path
    }

    /// What a process of this role gets: its own login at each part, the passwords by file.
    pub fn env(&self, role: &str) -> Vec<(String, String)> {
        let mut env = Vec::new();
        let mut set = |name: &str, value: String| env.push((name.to_owned(), value));
        set("DATABASE_URL", String::new());
        let url = self.file(&format!("{role}.url"), &self.url(role));
        set("WIREDESK__DATABASE__URL_FILE", url.display().to_string());
        if let Some(kafka) = self.kafka {
            let who = if role == "owner" { "migrator" } else { role };
            let password = self.file(&format!("{role}.kafka"), &kafka_password(who));
            set("WIREDESK__BUS__KAFKA__BOOTSTRAP_SERVERS", format!("127.0.0.1:{}", kafka.sasl));
            set("WIREDESK__BUS__KAFKA__SECURITY_PROTOCOL", "sasl_ssl".to_owned());
            set("WIREDESK__BUS__KAFKA__SSL_CA_FILE", kafka.certificates.text("ca.pem"));
            set("WIREDESK__BUS__KAFKA__SASL_USERNAME", format!("wiredesk-{who}"));
            set("WIREDESK__BUS__KAFKA__SASL_PASSWORD_FILE", password.display().to_string());
        }
        env
    }

    /// Starts a process of this role.
    pub fn start(&self, role: &str, args: &[&str]) -> Process {
        let env = self.env(role);
        let env: Vec<(&str, &str)> = env.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        self.desk.start_with(args, &env)
    }

    /// Runs one to its end.
    pub fn run(&self, role: &str, args: &[&str]) -> (i32, String) {
        let env = self.env(role);
        let env: Vec<(&str, &str)> = env.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        self.desk.run_with(args, &env)
    }

    /// Everything that is secret in it.
    pub fn secrets(&self) -> Vec<String> {
        let roles = SERVICES.iter().chain(&["migrator", "operator", "owner"]);
        roles.flat_map(|role| [password(role), kafka_password(role)]).collect()
    }
}
