//! The sample documents of the IPTC and of agencies, which are not ours to copy: each must be read without error, with the
//! right title, date, id and copy. Set WIREDESK_SHARED to the folder that holds `data/standards`.

use std::path::{Path, PathBuf};

use wiredesk_fetcher::read::{Document, Hints, read};

fn standards() -> Option<PathBuf> {
    let root = std::env::var("WIREDESK_SHARED")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared").to_owned());
    let folder = Path::new(&root).join("data/standards");
    if !folder.is_dir() {
        println!("SKIP: the sample documents of the standards are not here; set WIREDESK_SHARED");
        return None;
    }
    Some(folder)
}

fn document(path: &Path) -> Document {
    let bytes = std::fs::read(path).unwrap();
    read(&bytes, &Hints::default()).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// File; id, start of the title, RFC 3339 minute of publication, words of the copy or teaser (of the first entry with an id that ends so).
const EXPECTED: [(&str, &str, &str, &str, &str); 14] = [
    (
        "newsml-1.2/businesswire-newsml-20130515006361.xml",
        "urn:newsml:businesswire.com:20010714:20130515006361",
        "Dell Redefines Workstation",
        "2013-05-16T04:01",
        "today announced an expanded and stronger",
    ),
    (
        "newsml-1.2/businesswire-newsml-20130605006126.xml",
        "urn:newsml:businesswire.com:20010714:20130605006126",
        "Cambrios被Gartner",
        "2013-06-05T21:00",
        "ClearOhm™是Cambrios",
    ),
    (
        "nitf/NTB_nitf_sample.xml",
        "NTB5df9281a-a270-4dc5-a618-869bbc3bbca7_00",
        "Pandemien herjer",
        "2021-05-16T09:00",
        "<h2>Ingen fagfolk</h2>",
    ),
    (
        "newsml-g2/examples/LISTING_1_A_NewsML-G2_News_Item.xml",
        "urn:newsml:acmenews.com:20161018:US-FINANCE-FED",
        "Fed to halt QE",
        "2016-10-18T18:12",
        "",
    ),
    (
        "newsml-g2/examples/LISTING_2_NewsML-G2_Text_Document.xml",
        "urn:newsml:acmenews.com:20161121:US-FINANCE-FED",
        "Fed to halt QE",
        "2018-11-21T21:25",
        "Ugiating ea feugait utat",
    ),
    (
        "newsml-g2/examples/LISTING_3_Photo_in_NewsML-G2.xml",
        "tag:gettyimages.com,2010:GYI0062134533",
        "Variety Of Recessionary Forces",
        "2010-10-20T20:58",
        "A general view of part of downtown",
    ),
    (
        "newsml-g2/examples/LISTING_6_Simple_NewsML-G2_Package.xml",
        "tag:example.com,2008:UK-NEWS-TOPTEN:UK20081220098658",
        "UK",
        "2008-12-20T12:25",
        "<li>Obama annonce son équipe",
    ),
    (
        "newsml-g2/examples/LISTING_17_Planning_Item_a_CCL.xml",
        "urn:newsml:iptc.org:20101025:gbmrmdreis4711",
        "",
        "2018-10-18T13:45",
        "",
    ),
    (
        "newsml-g2/examples/LISTING_22_Sports_story_in_NewsML-G2NITF.xml",
        "tag:xmlteam.com,2016:xt.5932656-preview",
        "Preview: Arizona Diamondbacks",
        "2018-10-19T15:45",
        "On Sunday, Livan Hernandez threw",
    ),
    (
        "newsml-g2/examples/LISTING_27_Company_Financial_Information.xml",
        "urn:newsml:acmenews.com:20161019:201003230594296001",
        "Acme Widgets announces",
        "2016-10-19T13:15",
        "six per cent increase in profits",
    ),
    (
        "newsml-g2/examples/TT_newsmlg2_sample.xml",
        "http://tt.se/media/text/210919-janguillou-879f202b",
        "Jan Guillou skriver på ny",
        "2021-09-19T18:57",
        "så han går omkring med krycka",
    ),
    (
        "ninjs/examples-3/dpa_text.json",
        "urn:newsml:dpa.com:20090101:190510-99-167362",
        "Faktencheck Derby-Elfmeter",
        "2019-05-10T14:02",
        "<p>Für Lucien Favre war es",
    ),
    (
        "ninjs/examples-3/tt_text_image_3.json",
        "http://tt.se/media/text/210526-militarovning-a0f2d045",
        "Militärövning i jätteformat",
        "2021-05-26T11:40",
        "<p>Pandemin satte stopp",
    ),
    (
        "ninjs/examples-3/guide-005_complex_text_article.json",
        "http://ninjs.example.com/newsitems/20130709med123",
        "Captain of wrecked cruise ship",
        "2013-07-09T10:37",
        "<p>GROSSETO, Italy (AP) -- The trial",
    ),
];

#[test]
fn the_standards_own_samples_are_read_right() {
    let Some(folder) = standards() else { return };
    for (file, id, title, published, words) in EXPECTED {
        let found = document(&folder.join(file));
        let entry = &found.entries[0];
        assert_eq!(entry.guid.as_deref(), Some(id), "{file}");
        assert!(
            entry.title.starts_with(title) && entry.title.is_empty() == title.is_empty(),
            "{file}: {}",
            entry.title
        );
        assert_eq!(
            entry.published.map(|t| t.format("%Y-%m-%dT%H:%M").to_string()).as_deref(),
            Some(published),
            "{file}"
        );
        let copy = entry.content_html.as_ref().or(entry.summary_html.as_ref());
        assert!(copy.map_or(words.is_empty(), |c| c.contains(words)), "{file}: {copy:?}");
        assert!(!found.partial && found.broken.is_empty(), "{file}");
    }
}

#[test]
fn every_sample_gives_entries_or_says_why_not() {
    let Some(folder) = standards() else { return };
    let mut count = 0;
    for part in ["newsml-1.2", "newsml-g2/examples", "nitf", "ninjs/examples-3"] {
        for file in std::fs::read_dir(folder.join(part)).unwrap() {
            let path = file.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.extension().is_none_or(|e| e != "xml" && e != "json") || name == "xml.xsd" {
                continue;
            }
            count += 1;
            let found = document(&path);
            // A listing of a dateline alone has no id, title or text.
            let nothing = name.starts_with("LISTING_28");
            assert_eq!((found.entries.is_empty(), found.broken.is_empty()), (nothing, !nothing), "{name}");
            let fields = found.entries.iter().all(|e| e.guid.is_some() || name.starts_with("LISTING_25"));
            assert!(fields, "{name}");
        }
    }
    assert_eq!(count, 43, "samples read");
}
