//! Names of agencies, as printed and as shown.

/// As printed in small letters, and the name to show.
const KNOWN: &[(&str, &str)] = &[
    ("europa press", "Europa Press"),
    ("europapress", "Europa Press"),
    ("efe", "EFE"),
    ("agencia efe", "EFE"),
    ("reuters", "Reuters"),
    ("thomson reuters", "Reuters"),
    ("ap", "AP"),
    ("associated press", "AP"),
    ("afp", "AFP"),
    ("agence france-presse", "AFP"),
    ("ansa", "ANSA"),
    ("adnkronos", "Adnkronos"),
    ("dpa", "dpa"),
    ("acn", "ACN"),
    ("sputnik", "Sputnik"),
    ("lusa", "Lusa"),
    ("servimedia", "Servimedia"),
    ("colpisa", "Colpisa"),
    ("notimex", "Notimex"),
    ("télam", "Télam"),
    ("belga", "Belga"),
    ("ats", "Keystone-ATS"),
    ("keystone-ats", "Keystone-ATS"),
    ("apa", "APA"),
    ("sid", "SID"),
    ("agi", "AGI"),
    ("askanews", "Askanews"),
    ("xinhua", "Xinhua"),
    ("pa", "PA"),
    ("upi", "UPI"),
    ("bloomberg", "Bloomberg"),
    ("agência brasil", "Agência Brasil"),
];

/// The table of agencies.
#[derive(Clone, Debug, Default)]
pub struct Agencies {
    more: Vec<(String, String)>,
}

impl Agencies {
    /// The table with further names.
    pub fn with(more: &[String]) -> Self {
        Self { more: more.iter().map(|name| (name.to_lowercase(), name.clone())).collect() }
    }

    /// The name to show of an agency as printed; `EFE/Reuters` and the like by their first.
    pub fn name(&self, printed: &str) -> Option<String> {
        let first = printed.split(['/', ',']).next().unwrap_or(printed).trim().to_lowercase();
        let known = KNOWN.iter().find(|(key, _)| *key == first).map(|(_, name)| (*name).to_owned());
        known.or_else(|| self.more.iter().find(|(key, _)| *key == first).map(|(_, name)| name.clone()))
    }
}
