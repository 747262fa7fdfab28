//! The wires: what each is called, how it speaks and how it is printed.

/// Form of a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// RSS 2.0 as Europa Press prints it.
    EuropaPress,
    /// RSS 2.0.
    Rss,
    /// RSS 2.0 with one item that cannot be read.
    RssBroken,
    /// RSS 2.0 that ends in the middle of an item.
    RssTruncated,
    /// RSS 2.0 in ISO-8859-1.
    RssLatin1,
    /// RSS 1.0 (RDF).
    Rdf,
    /// Atom 1.0.
    Atom,
    /// JSON Feed 1.1.
    Json,
    /// Answers 410.
    Gone,
    /// Answers with the page of a login form.
    Login,
}

/// Look of the article pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// A big agency site, as Europa Press.
    EuropaPress,
    /// A vBulletin forum.
    Forum,
    /// A newspaper; the number chooses among four.
    Outlet(u8),
    /// An agency's plain page.
    Plain,
}

/// One wire.
#[derive(Debug)]
pub struct Wire {
    /// Source id.
    pub id: &'static str,
    /// Name to show.
    pub name: &'static str,
    /// First segment of its addresses.
    pub path: &'static str,
    /// BCP 47.
    pub language: &'static str,
    /// ISO 3166-1.
    pub country: &'static str,
    /// Local time of its datelines.
    pub zone: chrono_tz::Tz,
    /// Agency whose wire it is.
    pub agency: Option<&'static str>,
    /// Feed.
    pub format: Format,
    /// Pages.
    pub look: Look,
    /// The feed carries the whole text, so pages need not be fetched.
    pub full: bool,
    /// Items in the feed.
    pub window: usize,
    /// Items that are out at second 0.
    pub first: usize,
    /// Second of the first later item, and seconds between the later ones.
    pub rhythm: (i64, i64),
    /// Dateline: `{PLACE}`, `{Place}` and the macros of dates.
    pub dateline: &'static str,
    /// The file of copy.
    pub copy: &'static str,
}

impl Wire {
    /// Path of the feed, from the root.
    pub fn feed_path(&self) -> String {
        let name = match self.format {
            Format::EuropaPress => "rss/rss.aspx",
            Format::Rdf => "index.rdf",
            Format::Atom => "atom.xml",
            Format::Json => "feed.json",
            _ if self.look == Look::Forum => "external.php",
            _ => "rss.xml",
        };
        format!("/{}/{name}", self.path)
    }
}

const MADRID: chrono_tz::Tz = chrono_tz::Europe::Madrid;

/// All wires, in a fixed order.
pub static WIRES: &[Wire] = &[
    Wire {
        id: "sample-europapress",
        name: "Europa Press (sample)",
        path: "europapress",
        language: "es",
        country: "ES",
        zone: MADRID,
        agency: Some("Europa Press"),
        format: Format::EuropaPress,
        look: Look::EuropaPress,
        full: false,
        window: 10,
        first: 3,
        rhythm: (20, 38),
        dateline: "{PLACE}, {d} {Mon}. (EUROPA PRESS) -",
        copy: include_str!("../copy/europapress.toml"),
    },
    Wire {
        id: "sample-efe",
        name: "EFE (sample)",
        path: "efe",
        language: "es",
        country: "ES",
        zone: MADRID,
        agency: Some("EFE"),
        format: Format::Atom,
        look: Look::Plain,
        full: true,
        window: 30,
        first: 4,
        rhythm: (12, 47),
        dateline: "{Place}, {d} {mon} (EFE).-",
        copy: include_str!("../copy/efe.toml"),
    },
    Wire {
        id: "sample-afp",
        name: "AFP (sample)",
        path: "afp",
        language: "fr",
        country: "FR",
        zone: chrono_tz::Europe::Paris,
        agency: Some("AFP"),
        format: Format::Rss,
        look: Look::Plain,
        full: true,
        window: 30,
        first: 2,
        rhythm: (15, 52),
        dateline: "{PLACE}, {d0} {month} {Y} (AFP) -",
        copy: include_str!("../copy/afp.toml"),
    },
    Wire {
        id: "sample-forum",
        name: "Forum des dépêches (sample)",
        path: "forum",
        language: "fr",
        country: "FR",
        zone: chrono_tz::Europe::Paris,
        agency: None,
        format: Format::Rss,
        look: Look::Forum,
        full: false,
        window: 15,
        first: 0,
        rhythm: (95, 130),
        dateline: "{PLACE}, {d} {month} (EUROPA PRESS) -",
        copy: include_str!("../copy/forum.toml"),
    },
    Wire {
        id: "sample-reuters",
        name: "Reuters (sample)",
        path: "reuters",
        language: "en",
        country: "GB",
        zone: chrono_tz::Europe::London,
        agency: Some("Reuters"),
        format: Format::Rss,
        look: Look::Plain,
        full: true,
        window: 30,
        first: 2,
        rhythm: (25, 55),
        dateline: "{PLACE}, {Mon} {d} (Reuters) -",
        copy: include_str!("../copy/reuters.toml"),
    },
    Wire {
        id: "sample-ap",
        name: "AP (sample)",
        path: "ap",
        language: "en",
        country: "US",
        zone: chrono_tz::America::New_York,
        agency: Some("AP"),
        format: Format::Json,
        look: Look::Plain,
        full: true,
        window: 30,
        first: 1,
        rhythm: (35, 70),
        dateline: "{PLACE} (AP) —",
        copy: include_str!("../copy/ap.toml"),
    },
    Wire {
        id: "sample-lusa",
        name: "Lusa (sample)",
        path: "lusa",
        language: "pt",
        country: "PT",
        zone: chrono_tz::Europe::Lisbon,
        agency: Some("Lusa"),
        format: Format::Rdf,
        look: Look::Plain,
        full: true,
        window: 30,
        first: 1,
        rhythm: (30, 62),
        dateline: "{Place}, {d} {mon} {Y} (Lusa) –",
        copy: include_str!("../copy/lusa.toml"),
    },
    Wire {
        id: "sample-ansa",
        name: "ANSA (sample)",
        path: "ansa",
        language: "it",
        country: "IT",
        zone: chrono_tz::Europe::Rome,
        agency: Some("ANSA"),
        format: Format::RssLatin1,
        look: Look::Plain,
        full: true,
        window: 30,
        first: 1,
        rhythm: (40, 57),
        dateline: "(ANSA) - {PLACE}, {d0} {MON} -",
        copy: include_str!("../copy/ansa.toml"),
    },
    Wire {
        id: "sample-dpa",
        name: "dpa (sample)",
        path: "dpa",
        language: "de",
        country: "DE",
        zone: chrono_tz::Europe::Berlin,
        agency: Some("dpa"),
        format: Format::Atom,
        look: Look::Plain,
        full: true,
        window: 30,
        first: 3,
        rhythm: (18, 56),
        dateline: "{Place} (dpa) -",
        copy: include_str!("../copy/dpa.toml"),
    },
    Wire {
        id: "sample-acn",
        name: "ACN (sample)",
        path: "acn",
        language: "ca",
        country: "ES",
        zone: MADRID,
        agency: Some("ACN"),
        format: Format::RssBroken,
        look: Look::Plain,
        full: true,
        window: 30,
        first: 1,
        rhythm: (28, 58),
        dateline: "ACN {Place} –",
        copy: include_str!("../copy/acn.toml"),
    },
    Wire {
        id: "sample-costa",
        name: "Diario de la Costa Clara (sample)",
        path: "costaclara",
        language: "es",
        country: "ES",
        zone: MADRID,
        agency: None,
        format: Format::Rss,
        look: Look::Outlet(0),
        full: false,
        window: 20,
        first: 1,
        rhythm: (150, 120),
        dateline: "",
        copy: include_str!("../copy/costa.toml"),
    },
    Wire {
        id: "sample-gaceta",
        name: "La Gaceta de Valdeprado (sample)",
        path: "gaceta",
        language: "es",
        country: "ES",
        zone: MADRID,
        agency: None,
        format: Format::Atom,
        look: Look::Outlet(1),
        full: false,
        window: 20,
        first: 0,
        rhythm: (170, 120),
        dateline: "",
        copy: include_str!("../copy/gaceta.toml"),
    },
    Wire {
        id: "sample-paramo",
        name: "El Correo del Páramo (sample)",
        path: "paramo",
        language: "es",
        country: "ES",
        zone: MADRID,
        agency: None,
        format: Format::Rss,
        look: Look::Outlet(2),
        full: false,
        window: 20,
        first: 0,
        rhythm: (190, 120),
        dateline: "",
        copy: include_str!("../copy/paramo.toml"),
    },
    Wire {
        id: "sample-sur24",
        name: "Sureste 24 Horas (sample)",
        path: "sureste24",
        language: "es",
        country: "ES",
        zone: MADRID,
        agency: None,
        format: Format::Json,
        look: Look::Outlet(3),
        full: false,
        window: 20,
        first: 0,
        rhythm: (210, 120),
        dateline: "",
        copy: include_str!("../copy/sureste24.toml"),
    },
    Wire {
        id: "sample-ribeira",
        name: "Jornal da Ribeira Velha (sample)",
        path: "ribeira",
        language: "pt",
        country: "PT",
        zone: chrono_tz::Europe::Lisbon,
        agency: None,
        format: Format::RssTruncated,
        look: Look::Plain,
        full: true,
        window: 20,
        first: 1,
        rhythm: (110, 140),
        dateline: "",
        copy: include_str!("../copy/ribeira.toml"),
    },
    Wire {
        id: "sample-faro",
        name: "Boletín del Faro Viejo (sample, closed)",
        path: "faro",
        language: "es",
        country: "ES",
        zone: MADRID,
        agency: None,
        format: Format::Gone,
        look: Look::Plain,
        full: true,
        window: 10,
        first: 0,
        rhythm: (0, 0),
        dateline: "",
        copy: "item = []",
    },
    Wire {
        id: "sample-muro",
        name: "Prensa Tras el Muro (sample, login page)",
        path: "muro",
        language: "es",
        country: "ES",
        zone: MADRID,
        agency: None,
        format: Format::Login,
        look: Look::Plain,
        full: true,
        window: 10,
        first: 0,
        rhythm: (0, 0),
        dateline: "",
        copy: "item = []",
    },
];
