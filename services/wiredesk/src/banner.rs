//! What `wiredesk run` says once everything is ready.

use std::net::SocketAddr;
use std::time::Duration;

use wiredesk_runtime::Deps;

use crate::config::RootConfig;

/// Waits until every component is ready, then says where everything is.
pub async fn when_ready(deps: Deps, config: RootConfig, admin: SocketAddr, sample: Option<String>) {
    while !deps.health.is_ready() {
        let tick = tokio::time::sleep(Duration::from_millis(100));
        if deps.shutdown.run_until_cancelled(tick).await.is_none() {
            return;
        }
    }
    eprintln!("{}", text(&config, deps.bus.name(), admin, sample.as_deref()));
}

fn text(config: &RootConfig, bus: &str, admin: SocketAddr, sample: Option<&str>) -> String {
    let api = &config.api.listen;
    let mut lines = vec![
        String::new(),
        format!("  wiredesk {} is ready", env!("CARGO_PKG_VERSION")),
        String::new(),
        format!("  page      http://{api}/"),
        format!("  API       http://{api}/v1/items"),
        format!("  metrics   http://{admin}/metrics   health http://{admin}/readyz"),
        format!("  bus       {bus}"),
        format!("  look in   psql '{}'", config.database.url),
    ];
    if let Some(sample) = sample {
        lines.push(format!(
            "  sample    {sample} (invented copy; switch it off with --set sample_wire.enabled=false)"
        ));
    }
    lines.push("  stop      Ctrl-C".to_owned());
    lines.push(String::new());
    lines.join("\n")
}
