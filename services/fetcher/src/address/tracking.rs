//! Parameters that follow readers and name no page. Our own list: each name was seen in links of real feeds and pages, or is
//! documented by whoever sets it; beside it stands who that is. A name that may mean something else anywhere is not in it, or
//! only for a host, or only with a value that gives it away.

/// On every host, in lower case, sorted.
const EVERYWHERE: &[&str] = &[
    ".tsrc",  // Yahoo's feeds
    "__hsfp", // HubSpot
    "__hssc",
    "__hstc",
    "__s",                  // Drip
    "__twitter_impression", // Twitter, on AMP pages
    "_branch_match_id",     // Branch
    "_branch_referrer",
    "_ga", // Google Analytics, across domains
    "_gl",
    "_hsenc", // HubSpot
    "_hsmi",
    "_kx",               // Klaviyo
    "_openstat",         // Openstat, Yandex
    "action_object_map", // Facebook
    "action_ref_map",
    "action_type_map",
    "amp_gsa", // Google's AMP viewer
    "amp_js_v",
    "at_bbc_team", // AT Internet (Piano), at the BBC
    "at_campaign",
    "at_campaign_type",
    "at_creation",
    "at_format",
    "at_link_id",
    "at_link_origin",
    "at_link_type",
    "at_medium",
    "at_ptr_name",
    "at_ptr_type",
    "at_variant",
    "cmpid",         // campaigns of several publishers
    "cndid",         // Condé Nast
    "dclid",         // Google
    "dicbo",         // Outbrain
    "dm_i",          // Dotdigital
    "ef_id",         // Adobe
    "epik",          // Pinterest
    "fb_action_ids", // Facebook
    "fb_action_types",
    "fb_ref",
    "fb_source",
    "fbclid",
    "ftag",        // CBS Interactive
    "ga_campaign", // Google Analytics
    "ga_content",
    "ga_medium",
    "ga_source",
    "ga_term",
    "gad_campaignid", // Google Ads
    "gad_source",
    "gbraid",
    "gclid",
    "gclsrc",
    "guce_referrer", // Yahoo, TechCrunch
    "guce_referrer_sig",
    "hmb_campaign", // Humble Bundle
    "hmb_medium",
    "hmb_source",
    "hsctatracking", // HubSpot
    "icid",          // campaigns inside a site
    "igsh",          // Instagram
    "igshid",
    "int_campaign", // campaigns inside a site
    "int_medium",
    "int_source",
    "intcid",
    "intcmp",
    "irclickid",    // Impact
    "itm_campaign", // campaigns inside a site
    "itm_content",
    "itm_medium",
    "itm_source",
    "itm_term",
    "li_fat_id",       // LinkedIn
    "matomo_campaign", // Matomo
    "matomo_keyword",
    "mbid",   // Condé Nast
    "mc_cid", // Mailchimp
    "mc_eid",
    "mkt_tok",      // Marketo
    "msclkid",      // Microsoft
    "mtm_campaign", // Matomo
    "mtm_cid",
    "mtm_content",
    "mtm_group",
    "mtm_keyword",
    "mtm_kwd",
    "mtm_medium",
    "mtm_placement",
    "mtm_source",
    "ncid",        // AOL, HuffPost
    "ns_campaign", // Comscore, at the BBC and the Daily Mail
    "ns_fee",
    "ns_linkname",
    "ns_mchannel",
    "ns_source",
    "ocid",        // Microsoft's MSN, the BBC
    "oly_anon_id", // Omeda
    "oly_enc_id",
    "piwik_campaign", // Matomo's older name
    "piwik_keyword",
    "piwik_kwd",
    "pk_campaign",
    "pk_cid",
    "pk_content",
    "pk_keyword",
    "pk_kwd",
    "pk_medium",
    "pk_source",
    "pk_vid",
    "rb_clickid", // Rebrandly
    "ref_src",    // Twitter's embeds
    "ref_url",
    "s_cid",     // Adobe Analytics
    "sara_ecid", // Spiegel
    "sc_cid",    // Adobe Analytics
    "soc_src",   // Yahoo
    "soc_trk",
    "srsltid",        // Google Merchant
    "traffic_source", // Al Jazeera
    "ttclid",         // TikTok
    "twclid",         // Twitter
    "usqp",           // Google's AMP cache
    "vero_conv",      // Vero
    "vero_id",
    "wbraid",   // Google
    "wickedid", // Wicked Reports
    "wt.mc_id", // Webtrekk (Mapp), at German publishers
    "wt.z_author",
    "wt_mc",
    "wt_zmc",
    "xtor",  // AT Internet, at French and Spanish publishers
    "yclid", // Yandex
    "ymclid",
    "ysclid",
];

/// Prefixes that nobody else uses: Urchin's, and AT Internet's numbered ones.
const PREFIXES: &[&str] = &["utm_", "at_custom"];

/// On one registrable domain (or below it), where the name means nothing else.
const ON: &[(&str, &[&str])] = &[
    ("bloomberg.com", &["sref", "srnd"]),
    ("dailymail.co.uk", &["ito"]),
    ("economist.com", &["fsrc"]),
    ("ft.com", &["ftcamp"]),
    ("google.com", &["ei", "sei", "ved"]),
    ("linkedin.com", &["trk", "trkinfo"]),
    ("nytimes.com", &["emc", "partner", "smid", "smtyp"]),
    ("theguardian.com", &["cmp"]),
    ("twitter.com", &["s", "t"]),
    ("washingtonpost.com", &["itid", "wpisrc", "wpmk", "wpmm"]),
    ("x.com", &["s", "t"]),
    ("youtu.be", &["feature", "si"]),
    ("youtube.com", &["feature", "pp", "si"]),
];

/// Names that mean much elsewhere, but track with one of [`FEEDS`] as value (`?ref=rss`).
const WITH_A_VALUE: &[&str] =
    &["cid", "cmp", "cmpid", "emc", "from", "origin", "partner", "ref", "source", "src", "via"];
const FEEDS: &[&str] = &["atom", "feed", "feedburner", "rss", "rss2", "rss_feed", "rssfeed", "twitterfeed"];

/// Where a name of [`EVERYWHERE`] is a page's own: MusicBrainz ids, contracts of the Open Contracting Partnership.
const MEANT: &[(&str, &str)] =
    &[("listenbrainz.org", "mbid"), ("musicbrainz.org", "mbid"), ("open-contracting.org", "ocid")];

/// Sessions of servers: they name a reader, not a page; but a server may want one, so that they only go from keys.
const SESSIONS: &[&str] = &["cfid", "cftoken", "jsessionid", "phpsessid"];

/// Does a piece of a query carry a session?
pub(super) fn is_session(pair: &str) -> bool {
    let name = pair.split('=').next().unwrap_or_default();
    SESSIONS.iter().any(|s| s.eq_ignore_ascii_case(name))
}

/// Does a piece of a query (`name=value`) only track, on this host?
pub(super) fn tracks(host: &str, pair: &str) -> bool {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    // Links that were escaped once too often.
    let name = name.strip_prefix("amp;").unwrap_or(name);
    let lower;
    let name = if name.bytes().any(|b| b.is_ascii_uppercase()) {
        lower = name.to_ascii_lowercase();
        lower.as_str()
    } else {
        name
    };
    if PREFIXES.iter().any(|p| name.starts_with(p)) {
        return true;
    }
    if EVERYWHERE.binary_search(&name).is_ok() {
        // A contract's id says so itself, wherever it is published.
        let contract = name == "ocid" && value.starts_with("ocds-");
        return !contract && !MEANT.iter().any(|(site, n)| *n == name && on(host, site));
    }
    (WITH_A_VALUE.contains(&name) && FEEDS.iter().any(|f| f.eq_ignore_ascii_case(value)))
        || ON.iter().any(|(site, names)| names.contains(&name) && on(host, site))
}

/// Is `host` this domain or below it?
fn on(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_can_be_searched() {
        assert!(EVERYWHERE.is_sorted_by(|a, b| a < b), "sort it, each name once");
        assert!(EVERYWHERE.iter().all(|n| *n == n.to_ascii_lowercase()));
    }

    #[test]
    fn what_tracks_and_what_names_a_page() {
        for (host, pair, expected) in [
            ("w.example", "utm_source=rss", true),
            ("w.example", "UTM_Source=rss", true),
            ("w.example", "amp;utm_medium=x", true),
            ("w.example", "at_custom2=x", true),
            ("w.example", "xtor=RSS-1", true),
            ("w.example", "INTCMP=x", true),
            ("w.example", "utm", false),
            ("w.example", "id=5", false),
            ("w.example", "p=5", false),
            ("w.example", "pk_id=5", false),
            ("w.example", "ref=rss", true),
            ("w.example", "ref=main", false),
            ("w.example", "source=RSS", true),
            ("w.example", "source=wire", false),
            ("w.example", "ito=1490", false),
            ("www.dailymail.co.uk", "ito=1490", true),
            ("notdailymail.co.uk", "ito=1490", false),
            ("w.example", "si=abc", false),
            ("youtu.be", "si=abc", true),
            ("w.example", "mbid=abc", true),
            ("musicbrainz.org", "mbid=abc", false),
            ("w.example", "ocid=socialflow", true),
            ("w.example", "ocid=ocds-213czf-1", false),
            ("w.example", "", false),
        ] {
            assert_eq!(tracks(host, pair), expected, "{host} {pair}");
        }
    }
}
