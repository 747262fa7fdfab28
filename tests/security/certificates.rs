//! Certificates of a test's own authority, by the openssl command.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A folder with `ca.pem`, `other.pem` (an authority that signed nothing) and what the first one signed.
#[derive(Clone, Debug)]
pub struct Certificates {
    folder: PathBuf,
}

const SETTINGS: &str = "[req]\ndistinguished_name=dn\nprompt=no\nx509_extensions=authority\n[dn]\nCN=unnamed\n\
                        [authority]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n";

impl Certificates {
    /// Two authorities; `None` where there is no openssl (which was said).
    pub fn make(folder: &Path) -> Option<Self> {
        if Command::new("openssl").arg("version").output().is_err() {
            wiredesk_testkit::skip("the openssl command is missing: no certificates can be made");
            return None;
        }
        let made = Self { folder: folder.to_owned() };
        std::fs::write(made.path("settings.cnf"), SETTINGS).unwrap();
        for name in ["ca", "other"] {
            made.openssl(&format!(
                "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -config settings.cnf -subj /CN=desk-{name} \
                 -keyout {name}.key -out {name}.pem"
            ));
        }
        Some(made)
    }

    /// A certificate for this name, for a server at these places (`DNS:localhost`) or for a client: `NAME.pem`, `NAME.key`.
    pub fn sign(&self, name: &str, places: &str) {
        let mut extensions = "basicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth,clientAuth\n".to_owned();
        if !places.is_empty() {
            extensions.push_str(&format!("subjectAltName={places}\n"));
        }
        std::fs::write(self.path(&format!("{name}.ext")), extensions).unwrap();
        self.openssl(&format!(
            "req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -config settings.cnf -subj /CN={name} -keyout {name}.key \
             -out {name}.csr"
        ));
        self.openssl(&format!(
            "x509 -req -in {name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile {name}.ext -out {name}.pem"
        ));
    }

    /// A file of the folder.
    pub fn path(&self, file: &str) -> PathBuf {
        self.folder.join(file)
    }

    /// The same as text.
    pub fn text(&self, file: &str) -> String {
        self.path(file).display().to_string()
    }

    fn openssl(&self, arguments: &str) {
        let output =
            Command::new("openssl").args(arguments.split(' ')).current_dir(&self.folder).output().unwrap();
        assert!(output.status.success(), "openssl {arguments}: {}", String::from_utf8_lossy(&output.stderr));
    }
}
