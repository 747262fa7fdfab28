//! Files that appear.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use caps::{CapSet, Capability};
use chrono::Duration;
use wiredesk_contract::SourceId;
use wiredesk_fetcher::push::folder::watch::{Crash, Folder, Halt};
use wiredesk_store::source as table;

use super::desk::*;

struct Drop {
    desk: Desk,
    path: PathBuf,
}

impl std::ops::Drop for Drop {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

impl Drop {
    async fn open(push: &str) -> Option<Self> {
        let path = std::env::temp_dir().join(wiredesk_testkit::unique("wiredesk-folder"));
        fs::create_dir(&path).unwrap();
        let toml = format!(
            "[push]\n{push}\n[[sources]]\nid = \"nu\"\nkind = \"folder\"\nfolder = \"{}\"\n",
            path.display()
        );
        Some(Self { desk: Desk::open(&toml).await?, path })
    }

    async fn watcher(&self, owner: &str) -> Folder {
        let wire = self.desk.intake.wire("nu").await.unwrap().unwrap();
        Folder::new(self.desk.intake.clone(), wire, self.path.clone(), owner)
    }

    /// A whole file: written elsewhere and renamed in.
    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let part = self.path.join(format!(".{name}"));
        fs::write(&part, bytes).unwrap();
        fs::rename(part, self.path.join(name)).unwrap();
    }

    /// Names under a folder of it, sorted.
    fn names(&self, of: &str) -> Vec<String> {
        let Ok(found) = fs::read_dir(self.path.join(of)) else { return Vec::new() };
        let mut names: Vec<String> = found.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn why(&self, name: &str) -> String {
        fs::read_to_string(self.path.join("error").join(name)).unwrap()
    }
}

/// Two looks with the settling in between.
async fn settle(folder: &mut Folder) -> Result<Option<usize>, Halt> {
    let first = folder.round().await?;
    assert!(first.is_none_or(|n| n == 0), "nothing is taken at the first look");
    pass(Duration::seconds(2));
    folder.round().await
}

/// The day of the test's clock.
const DAY: &str = "done/2026-03-02";

fn written(path: &Path, seconds: u64) {
    let file = fs::File::options().write(true).open(path).unwrap();
    file.set_modified(std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds)).unwrap();
}

#[tokio::test]
async fn whole_files_are_taken_in_order_and_moved() {
    let Some(drop) = Drop::open("").await else { return };
    let mut folder = drop.watcher("me").await;
    drop.put("2.xml", rss(&item("a", "Uno, corregido")));
    drop.put("1.xml", rss(&item("a", "Uno")));
    drop.put("3.json", r#"{"version":"https://jsonfeed.org/version/1.1","title":"Ñu","items":[{"id":"1","title":"Tres","content_text":"x"}]}"#);
    for (name, time) in [("1.xml", 100), ("2.xml", 100), ("3.json", 50)] {
        written(&drop.path.join(name), time);
    }
    assert_eq!(settle(&mut folder).await.unwrap(), Some(3));
    assert_eq!(drop.desk.published(), told(&[("Tres", 1), ("Uno", 1), ("Uno, corregido", 2)]));
    assert_eq!(drop.names(""), ["done", "error"]);
    assert_eq!(drop.names(DAY), ["1.xml", "2.xml", "3.json"]);
    // The same name on the same day: both are kept.
    drop.put("1.xml", rss(&item("b", "Dos")));
    settle(&mut folder).await.unwrap();
    assert_eq!(drop.names(DAY), ["1-2.xml", "1.xml", "2.xml", "3.json"]);
    assert_eq!(drop.desk.published().len(), 4);
}

#[tokio::test]
async fn half_written_files_are_left_alone() {
    let Some(drop) = Drop::open("").await else { return };
    let mut folder = drop.watcher("me").await;
    let whole = rss(&(item("a", "Uno") + &item("b", "Dos")));
    let path = drop.path.join("slow.xml");
    for (n, end) in [20, 60, whole.len()].into_iter().enumerate() {
        fs::write(&path, &whole[..end]).unwrap();
        written(&path, 100 + n as u64);
        assert_eq!(folder.round().await.unwrap(), Some(0));
        pass(Duration::seconds(1));
    }
    for name in ["x.xml.tmp", ".x.xml", "x.part", "x~"] {
        fs::write(drop.path.join(name), &whole).unwrap();
    }
    fs::create_dir(drop.path.join("folder.xml")).unwrap();
    pass(Duration::seconds(1));
    assert_eq!(folder.round().await.unwrap(), Some(1));
    pass(Duration::minutes(5));
    assert_eq!(folder.round().await.unwrap(), Some(0));
    assert_eq!(drop.desk.published(), told(&[("Dos", 1), ("Uno", 1)]));
    assert_eq!(drop.names(""), [".x.xml", "done", "error", "folder.xml", "x.part", "x.xml.tmp", "x~"]);
}

#[tokio::test]
async fn broken_files_go_to_error_with_the_reason() {
    let Some(drop) = Drop::open("max_body_bytes = 2000").await else { return };
    let mut folder = drop.watcher("me").await;
    let outside = std::env::temp_dir().join(wiredesk_testkit::unique("wiredesk-outside"));
    fs::write(&outside, rss(&item("secret", "Fuera"))).unwrap();
    symlink(&outside, drop.path.join("link.xml")).unwrap();
    drop.put("page.xml", "<html><body>Mantenimiento</body></html>");
    drop.put("empty.xml", "");
    drop.put("large.xml", rss(&item("l", &"x".repeat(2000))));
    drop.put("broken.xml", rss(&(item("a", "Uno") + "<item><title><b></title></b><x</item>")));
    drop.put("cut.xml", &rss(&(item("b", "Dos") + &item("c", "Tres")))[..150]);
    drop.put("none.xml", rss(""));
    drop.put("good.xml", rss(&item("d", "Cuatro")));
    settle(&mut folder).await.unwrap();
    for (name, why) in [
        ("link.xml.txt", "it is a symbolic link, which is not followed; put the file itself here\n"),
        ("page.xml.txt", "web page"),
        ("empty.xml.txt", "empty. Mend it and put it into the folder again.\n"),
        (
            "broken.xml.txt",
            "1 of its items cannot be read and are kept as dead letters; 1 were taken. Mend it and put it into the folder again: what was taken is not taken twice.\n",
        ),
        (
            "cut.xml.txt",
            "it ends before its end; 1 whole items were taken. Put the whole file into the folder: what was taken is not taken twice.\n",
        ),
        ("none.xml.txt", "it holds no item.\n"),
    ] {
        assert!(drop.why(name).contains(why), "{name}: {}", drop.why(name));
    }
    assert!(drop.why("large.xml.txt").contains("2000 are allowed; raise fetcher.push.max_body_bytes"));
    assert_eq!(drop.names("error").len(), 14);
    assert_eq!(drop.names(DAY), ["good.xml"]);
    let mut titles: Vec<String> = drop.desk.published().into_iter().map(|(t, _)| t).collect();
    titles.sort();
    assert_eq!(titles, ["Cuatro", "Dos", "Uno"]);
    assert!(outside.exists());
    fs::remove_file(outside).unwrap();
}

#[tokio::test]
async fn a_crash_between_publishing_and_moving_is_harmless() {
    let Some(drop) = Drop::open("").await else { return };
    drop.put("1.xml", rss(&item("a", "Uno")));
    drop.put("2.xml", rss(&item("b", "Dos")));
    let mut dies = drop.watcher("dies").await;
    dies.crash = Crash::BeforeMove(1);
    assert!(matches!(settle(&mut dies).await, Err(Halt::Crashed)));
    assert_eq!(drop.names("").len(), 4, "the file is still there");
    // While its lease runs, nobody else takes files.
    let mut other = drop.watcher("other").await;
    assert_eq!(other.round().await.unwrap(), None);
    pass(Duration::minutes(1));
    assert_eq!(settle(&mut other).await.unwrap(), Some(2));
    assert_eq!(drop.desk.published(), told(&[("Uno", 1), ("Dos", 1)]));
    // And the one that was thought dead has lost it.
    pass(Duration::seconds(5));
    assert_eq!(dies.round().await.unwrap(), None);
}

#[tokio::test]
async fn files_stay_while_the_bus_is_down_or_the_source_is_paused() {
    let Some(drop) = Drop::open("").await else { return };
    let mut folder = drop.watcher("me").await;
    drop.put("1.xml", rss(&item("a", "Uno")));
    drop.desk.bus.down.store(true, Ordering::SeqCst);
    let halted = settle(&mut folder).await.unwrap_err();
    assert!(matches!(halted, Halt::Taking(_)), "{halted}");
    assert_eq!(drop.names(""), ["1.xml", "done", "error"]);
    drop.desk.bus.down.store(false, Ordering::SeqCst);
    sqlx::query("UPDATE source SET paused = true").execute(drop.desk.postgres.pool()).await.unwrap();
    pass(Duration::minutes(1));
    assert_eq!(folder.round().await.unwrap(), None);
    sqlx::query("UPDATE source SET paused = false").execute(drop.desk.postgres.pool()).await.unwrap();
    assert_eq!(folder.round().await.unwrap(), Some(1));
    assert_eq!(drop.desk.published(), told(&[("Uno", 1)]));
}

#[tokio::test]
async fn what_is_wrong_with_the_folder_is_said_on_the_sources_page() {
    let Some(drop) = Drop::open("look_ms = 5\nsettle_ms = 0").await else { return };
    let away = drop.path.with_extension("away");
    fs::rename(&drop.path, &away).unwrap();
    let watching = tokio::spawn(drop.watcher("me").await.watch());
    let pool = drop.desk.postgres.pool();
    let health = async |wanted: fn(&Option<String>) -> bool| {
        loop {
            let found = table::health(pool).await.unwrap().remove(0);
            if wanted(&found.last_error) && found.last_poll.is_some() {
                return found;
            }
            tokio::task::yield_now().await;
        }
    };
    let bad = health(Option::is_some).await;
    let words = bad.last_error.unwrap();
    assert!(
        words.contains(&*drop.path.display().to_string())
            && words.ends_with("see to the folder's permissions and space"),
        "{words}"
    );
    fs::rename(&away, &drop.path).unwrap();
    drop.put("1.xml", rss(&item("a", "Uno")));
    let good = health(Option::is_none).await;
    assert_eq!((good.id, good.failures), (SourceId::new("nu"), 0));
    while drop.names(DAY).is_empty() {
        tokio::task::yield_now().await;
    }
    drop.desk.shutdown.cancel();
    watching.await.unwrap();
    assert_eq!(drop.desk.published(), told(&[("Uno", 1)]));
}

#[tokio::test]
async fn a_file_that_may_not_be_read_holds_nobody_up() {
    // Root reads whatever it likes: this thread, and the threads that its runtime starts, do without that.
    for power in [Capability::CAP_DAC_OVERRIDE, Capability::CAP_DAC_READ_SEARCH] {
        let _ = caps::drop(None, CapSet::Effective, power);
    }
    let Some(drop) = Drop::open("").await else { return };
    let locked = drop.path.join("1.xml");
    drop.put("1.xml", rss(&item("a", "Uno")));
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::File::open(&locked).is_ok() {
        return wiredesk_testkit::skip("no file can be locked away from this process");
    }
    drop.put("2.xml", rss(&item("b", "Dos")));
    let mut folder = drop.watcher("me").await;
    assert!(matches!(settle(&mut folder).await, Err(Halt::Disk(_))));
    assert_eq!(drop.desk.published(), told(&[("Dos", 1)]));
    assert_eq!(folder.round().await.unwrap(), Some(0), "left for a while");
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o600)).unwrap();
    pass(Duration::minutes(1));
    assert_eq!(folder.round().await.unwrap(), Some(1));
}

#[tokio::test]
async fn thousands_of_files() {
    let Some(drop) = Drop::open("").await else { return };
    for n in 0..2000 {
        drop.put(&format!("{n:04}.xml"), rss(&item(&format!("g{n}"), &format!("Noticia {n}"))));
        written(&drop.path.join(format!("{n:04}.xml")), 1000 + n);
    }
    let mut folder = drop.watcher("me").await;
    assert_eq!(settle(&mut folder).await.unwrap(), Some(2000));
    let titles: Vec<String> = drop.desk.published().into_iter().map(|(t, _)| t).collect();
    assert_eq!(titles, (0..2000).map(|n| format!("Noticia {n}")).collect::<Vec<_>>());
    assert_eq!((drop.names("").len(), drop.names(DAY).len()), (2, 2000));
}

#[tokio::test]
async fn old_files_are_not_kept_for_ever() {
    let Some(drop) = Drop::open("look_ms = 5\nsettle_ms = 0\nkeep_days = 30").await else { return };
    for day in ["2026-01-30", "2026-01-31", "2026-03-02", "my own"] {
        fs::create_dir_all(drop.path.join("done").join(day)).unwrap();
        fs::write(drop.path.join("done").join(day).join("x.xml"), "x").unwrap();
    }
    let outside = std::env::temp_dir().join(wiredesk_testkit::unique("wiredesk-outside"));
    fs::create_dir(&outside).unwrap();
    symlink(&outside, drop.path.join("done/2020-01-01")).unwrap();
    let watching = tokio::spawn(drop.watcher("me").await.watch());
    while drop.names("done").contains(&"2026-01-30".to_owned()) {
        tokio::task::yield_now().await;
    }
    drop.desk.shutdown.cancel();
    watching.await.unwrap();
    assert_eq!(drop.names("done"), ["2020-01-01", "2026-01-31", "2026-03-02", "my own"]);
    assert!(outside.exists());
    fs::remove_dir(outside).unwrap();
}
