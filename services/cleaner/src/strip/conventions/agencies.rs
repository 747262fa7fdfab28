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
    ("ep", "Europa Press"),
    ("sda", "Keystone-ATS"),
    ("keystone-sda", "Keystone-ATS"),
    ("kna", "KNA"),
    ("epd", "epd"),
    ("lapresse", "LaPresse"),
    ("italpress", "Italpress"),
    ("dire", "Dire"),
    ("aps", "APS"),
    ("tap", "TAP"),
    ("la presse canadienne", "La Presse canadienne"),
    ("the canadian press", "The Canadian Press"),
    ("the associated press", "AP"),
    ("press association", "PA"),
    ("tass", "TASS"),
    ("interfax", "Interfax"),
    ("kyodo", "Kyodo"),
    ("jiji", "Jiji"),
    ("yonhap", "Yonhap"),
    ("pti", "PTI"),
    ("ians", "IANS"),
    ("aap", "AAP"),
    ("anadolu", "Anadolu"),
    ("prensa latina", "Prensa Latina"),
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
        let whole = printed.split(['/', ',']).next().unwrap_or(printed).trim().to_lowercase();
        // `ANSA-AFP` is two, `Keystone-ATS` is one.
        [whole.as_str(), whole.split('-').next().unwrap_or_default()].iter().find_map(|first| {
            let known = KNOWN.iter().find(|(key, _)| key == first).map(|(_, name)| (*name).to_owned());
            known.or_else(|| self.more.iter().find(|(key, _)| key == first).map(|(_, name)| name.clone()))
        })
    }
}
