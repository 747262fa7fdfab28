//! A small file system in memory, to be filled. Only root may mount one.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A mounted tmpfs; unmounted with this value.
pub struct SmallDisk {
    folder: PathBuf,
}

impl SmallDisk {
    /// So many megabytes below /tmp; `None` where mounting is not permitted (which was said).
    pub fn mount(megabytes: u32) -> Option<Self> {
        let folder = PathBuf::from("/tmp").join(wiredesk_testkit::unique("wiredesk-disk"));
        std::fs::create_dir_all(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
        let size = format!("size={megabytes}m,mode=0755");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(&folder).output();
        let why = match mounted {
            Ok(output) if output.status.success() => return Some(Self { folder }),
            Ok(output) => String::from_utf8_lossy(&output.stderr).trim().to_owned(),
            Err(error) => error.to_string(),
        };
        let _ = std::fs::remove_dir(&folder);
        wiredesk_testkit::skip_here(&format!("no small disk can be mounted ({why}); it takes root"));
        None
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn filler(&self) -> PathBuf {
        self.folder.join("filler")
    }

    /// Fills it to the last byte. How many bytes that took.
    pub fn fill(&self) -> u64 {
        let path = self.filler();
        let mut file = File::create(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        for size in [1 << 20, 4 << 10, 1] {
            let block = vec![7; size];
            while file.write_all(&block).is_ok() {}
        }
        file.metadata().map(|m| m.len()).unwrap_or_default()
    }

    /// Gives the space back.
    pub fn free(&self) {
        let _ = std::fs::remove_file(self.filler());
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a server that is ending may have files open.
        let _ = Command::new("umount").arg("-l").arg(&self.folder).status();
        let _ = std::fs::remove_dir(&self.folder);
    }
}
