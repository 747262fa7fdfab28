//! TLS to Postgres: what is accepted, and the sentence for what is not.

use crate::desk::{Guarded, password};
use crate::servers;

struct Case {
    name: &'static str,
    url: String,
    /// What the sentence says; none where it works.
    says: Option<&'static str>,
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_are_checked_and_a_refusal_is_one_sentence() {
    let Some(postgres) = servers::postgres() else { return };
    if wiredesk_tests::process::executable().is_none() {
        return;
    }
    let guarded = Guarded::prepare(postgres, None, Vec::new()).await;
    guarded
        .admin(&format!(
            "CREATE ROLE by_certificate LOGIN IN ROLE {}; CREATE ROLE without_certificate LOGIN IN ROLE {0}",
            guarded.role("operator")
        ))
        .await;
    let (port, database, secret) = (postgres.port, guarded.database(), password("operator"));
    let file = |name: &str| postgres.certificates.text(name);
    let user = format!("{}:{secret}", guarded.login("operator"));
    let url =
        |user: &str, host: &str, more: &str| format!("postgres://{user}@{host}:{port}/{database}?{more}");
    let ours = format!("sslmode=verify-full&sslrootcert={}", file("ca.pem"));
    let certificate =
        format!("{ours}&sslcert={}&sslkey={}", file("by_certificate.pem"), file("by_certificate.key"));
    let plain_server = std::env::var("WIREDESK_TEST_DATABASE_URL").unwrap();
    let cases = [
        Case { name: "all checked", url: url(&user, "localhost", &ours), says: None },
        Case {
            name: "a client's certificate",
            url: url("by_certificate", "localhost", &certificate),
            says: None,
        },
        Case {
            name: "no certificate",
            url: url("by_certificate", "localhost", &ours),
            says: Some("refuses the connection"),
        },
        Case {
            name: "another authority",
            url: url(&user, "localhost", &format!("sslmode=verify-full&sslrootcert={}", file("other.pem"))),
            says: Some("sslrootcert in the URL must name the authority"),
        },
        Case {
            name: "another host",
            url: url(&user, "127.0.0.1", &ours),
            says: Some("the host be one that stands in it"),
        },
        Case {
            name: "plain",
            url: url(&user, "localhost", "sslmode=disable"),
            says: Some("sslmode=verify-full"),
        },
        Case {
            name: "no such file",
            url: url(&user, "localhost", "sslmode=verify-full&sslrootcert=/nowhere.pem"),
            says: Some("sslrootcert"),
        },
        Case {
            name: "a server without TLS",
            url: format!("{plain_server}?sslmode=require"),
            says: Some("cannot be reached by TLS"),
        },
        Case {
            name: "a wrong password",
            url: url(&user.replace("7b1e", "7b1f"), "localhost", &ours),
            says: Some("look at the user, the password"),
        },
    ];
    let mut wrong = Vec::new();
    for case in cases {
        let (code, output) =
            guarded.desk.run_with(&["export", "--format", "jsonl"], &[("DATABASE_URL", case.url.as_str())]);
        let said: Vec<&str> = output.lines().filter(|line| line.starts_with("wiredesk: ")).collect();
        let right = match case.says {
            None => code == 0 && said.is_empty(),
            Some(part) => code == 1 && said.len() == 1 && said[0].contains(part),
        };
        if !right || output.contains(&secret) || output.contains("7b1f") {
            wrong.push(format!("{}: exit code {code}: {output}", case.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
