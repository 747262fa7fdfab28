//! The disk: as far as it is this machine's.

use std::path::{Path, PathBuf};

use sqlx::PgPool;
use sqlx::postgres::PgConnectOptions;
use wiredesk_runtime::database::DatabaseConfig;

use super::finding::Finding;

/// Less free than both this share and so many bytes is worth a word …
const LOW: (f64, u64) = (0.20, 5 << 30);
/// … and this little is nearly full.
const FULL: (f64, u64) = (0.10, 1 << 30);

/// Looks at the folder of Postgres where it is on this machine and this role may know it, and at that of `make run`.
pub(super) async fn look(db: &PgPool, config: &DatabaseConfig) -> Vec<Finding> {
    let mut folders: Vec<(&str, PathBuf)> = Vec::new();
    if is_here(config) {
        let known = wiredesk_store::condition::server(db).await.ok().and_then(|server| server.data_folder);
        folders.extend(known.map(|folder| ("Postgres's data", PathBuf::from(folder))));
    }
    folders.extend(std::env::var_os("WIREDESK_HOME").map(|home| ("wiredesk's folder", PathBuf::from(home))));
    folders.extend(std::env::current_dir().ok().map(|here| ("the working folder", here)));
    let looked = folders.into_iter().filter_map(|(what, folder)| {
        let (free, all) = space(&folder)?;
        Some(judge(what, &folder, free, all))
    });
    looked.collect()
}

/// Is Postgres on this machine, as far as its URL tells?
fn is_here(config: &DatabaseConfig) -> bool {
    let Ok(options) = config.url.reveal().parse::<PgConnectOptions>() else { return false };
    let host = options.get_host();
    options.get_socket().is_some()
        || host.starts_with('/')
        || ["127.0.0.1", "localhost", "::1", "[::1]"].contains(&host)
}

/// Free bytes and all bytes of the file system that a folder is on; what is kept for root does not count as free.
fn space(folder: &Path) -> Option<(u64, u64)> {
    let stat = rustix::fs::statvfs(folder).ok()?;
    Some((stat.f_bavail.saturating_mul(stat.f_frsize), stat.f_blocks.saturating_mul(stat.f_frsize)))
}

fn judge(what: &str, folder: &Path, free: u64, all: u64) -> Finding {
    let below = |(share, bytes): (f64, u64)| free < bytes && (free as f64) < all as f64 * share;
    let says = format!(
        "{what} ({}) has {:.1} GB free of {:.1}",
        folder.display(),
        free as f64 / 1e9,
        all as f64 / 1e9
    );
    let todo =
        "make room or a larger disk: when it is full, everything stands still until there is room again";
    if below(FULL) {
        Finding::ill("disk", says, todo)
    } else if below(LOW) {
        Finding::weak("disk", says, todo)
    } else {
        Finding::well("disk", says)
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::Grade;
    use super::*;

    #[test]
    fn little_room_is_told_in_two_steps() {
        let grade = |free, all| judge("it", Path::new("/"), free, all).grade;
        assert_eq!(grade(100 << 30, 1 << 40), Grade::Well);
        // Six gigabytes are enough for a while, whatever the share.
        assert_eq!(grade(6 << 30, 1 << 40), Grade::Well);
        assert_eq!(grade(4 << 30, 1 << 40), Grade::Weak);
        assert_eq!(grade(500 << 20, 1 << 40), Grade::Ill);
        // A small volume that is half empty.
        assert_eq!(grade(512 << 20, 1 << 30), Grade::Well);
        assert_eq!(space(Path::new("/")).map(|(free, all)| free <= all && all > 0), Some(true));
    }

    #[test]
    fn a_server_elsewhere_has_a_disk_elsewhere() {
        let at = |url: &str| {
            is_here(&DatabaseConfig {
                url: wiredesk_runtime::secret::SecretUrl::new(url),
                ..DatabaseConfig::default()
            })
        };
        assert!(at("postgres://a@127.0.0.1:5432/a") && at("postgres://a@localhost/a"));
        assert!(!at("postgres://a@db.example/a"));
    }
}
