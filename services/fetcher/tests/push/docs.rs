//! What `docs/push.md` tells people to type.

use std::process::Stdio;

use tokio::process::Command;

use super::desk::*;

/// The block of `docs/push.md` with this word in it.
fn block(word: &str) -> String {
    let text = include_str!("../../../../docs/push.md");
    let blocks = text.split("```").skip(1).step_by(2);
    let found = blocks.filter(|b| b.contains(word)).map(|b| b.split_once('\n').unwrap().1);
    found.collect::<Vec<_>>().concat()
}

#[tokio::test]
async fn the_lines_that_send_a_document() {
    for program in ["curl", "openssl"] {
        if Command::new(program)
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .await
            .is_err()
        {
            return wiredesk_testkit::skip(&format!("{program} is not installed"));
        }
    }
    let source = block("kind = \"webhook\"").replace("fetcher.", "").replace('…', "an invented secret");
    let Some(desk) = Desk::open(&source).await else { return };
    let file = std::env::temp_dir().join(wiredesk_testkit::unique("wiredesk-post"));
    std::fs::write(&file, rss(&(item("a", "Uno") + &item("b", "Dos")))).unwrap();
    // The test's clock.
    let script = format!("set -eu\ndate() {{ echo {}; }}\n{}", clock().timestamp(), block("openssl dgst"));
    let ran = Command::new("bash")
        .args(["-c", &script])
        .env("SECRET", "an invented secret")
        .env("FILE", &file)
        .env("URL", format!("http://{}/v1/ingest/my-agency", desk.at))
        .env_remove("http_proxy")
        .output()
        .await
        .unwrap();
    std::fs::remove_file(&file).unwrap();
    let (out, error) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert_eq!(out.trim(), block("\"accepted\"").trim(), "{error}");
    assert_eq!(desk.published(), told(&[("Dos", 1), ("Uno", 1)]));
}

#[tokio::test]
async fn the_settings_are_real() {
    let all =
        format!("{}\n{}\n{}", block("public_url ="), block("kind = \"webhook\""), block("kind = \"folder\""));
    let config: wiredesk_fetcher::Config =
        toml::from_str(&all.replace("fetcher.", "").replace('…', "an invented secret")).unwrap();
    config.push.check(&config.sources).unwrap();
    assert_eq!((config.push.keep_days, config.push.settle_ms), (30, 2000));
    assert_eq!(config.push.listen, "127.0.0.1:8082");
}
