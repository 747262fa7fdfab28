//! Words that say nothing about a story, and words that every language has for the same thing.

/// Words of four letters and more that are frequent in any text, in the languages of the wires (shorter words are left
/// out anyway). The inverse document frequency would find them too, but not in the first hour.
const FREQUENT: &str = "\
about after again against also among another around because been before being between both came come could day days did does \
down during each even every first from further have here his how into just last like made make many more most much must news \
next only other over people said same says should since some still such take than that the their them then there these they this \
those through time told under until upon very want week well were what when where which while who will with without would year years your \
ahora algo ante antes asegurado así aunque bajo bien cada casi como con contra cuando cual cuya cuyo dado debe debido decir del desde dicho donde durante ella ellas ellos entre era esa ese eso \
esta está están estas este esto estos fue fueron gran había haber habrá hace hacer hacia hasta hemos hoy informado luego mientras misma mismo mucho muchos muy nada nueva nuevo nunca otra otras otro otros para pero poco por porque \
pues puede pueden qué quien quienes según ser será sería sido siempre sino sobre solo sólo son sus también tanto tener tiene tienen toda todas todo todos tras tres una unas unos uno usted varias varios vez veces \
alors aucun aussi autre autres avait avant avec avoir bien cela ceux chez comme contre dans dont elle elles encore entre était être fait faire font jour leur leurs mais même moins notre nous parce parmi pendant peut plus plusieurs pour \
pourquoi quand quatre quel quelle quelque sans selon sera serait sont sous sur tous tout toute toutes très trois une vers votre vous \
ainda além algum alguma antes apenas após aqui assim através cada coisa com como contra deve disse dois duas ele eles entre era essa esse está estão estava fazer foi foram isso isto maior mais mesmo muito muitos nada não nem nos nossa outra outras outro \
outros para pela pelas pelo pelos pode podem porque qual quando quem seja sem sempre ser será sobre sua suas também tem têm tinha toda todas todo todos três uma você \
alla alle allo altri altro anche ancora anni avere aveva avevano bene che chi città come con così cosa dagli dai dal dalla dalle degli dei del della delle dello deve dopo dove due ecco erano essere fare fatto fino fra gli hanno \
ieri loro mentre molti molto negli nei nel nella nelle niente non nostro ogni oggi ora ore per perché più poi prima proprio può qualche quale quali quando quanto quella quelle quelli quello questa queste questi questo quindi sarà sempre senza siamo solo sono sopra sotto stata state stati stato \
sua sue sugli sui sul sulla sulle suo suoi tra tre tutta tutte tutti tutto una uno verso \
aber alle allem allen aller alles als also andere anderen auch auf aus bei beim bereits bis damit dann das dass dem den denn der des deshalb die dies diese diesem diesen dieser dieses doch dort durch eine einem einen einer eines einige etwa für gegen geht \
gibt haben hatte hatten heute hier ihre ihrem ihren ihrer immer ist jahr jahre jahren jedoch jetzt kann kein keine können konnte mehr mich mit muss nach nicht noch nun nur oder ohne schon sehr sein seine seinem seinen seiner seit sich sie sind soll sollen sollte sowie über \
und unter viele vom von vor war waren was weil weiter wenn werden wie wieder will wird wurde wurden zum zur zwei zwischen \
abans alguns aquest aquesta aquestes aquests això amb així alhora altra altres cada com contra dels després des dia durant ella ells encara entre era està estan fins fer foren havia haver les llur més mateix mentre molt molts nosaltres només part pels però perquè \
poden pot quan qual qui segons sense seva seves ser serà seu seus sobre també tenen tots totes una unes uns";

/// Month names and their abbreviations in en, es, fr, pt, it, de, ca, nl, gl, eu; spelled the same, they mean the same.
const MONTHS: [&str; 12] = [
    "january jan enero janvier janeiro gennaio januar gener januari xaneiro urtarrila urtarrilaren urtarrilak",
    "february feb febrero février fevereiro febbraio februar febrer februari febreiro otsaila otsailaren otsailak",
    "march marzo mars março märz març maart martxoa martxoaren martxoak",
    "april abril avril aprile apirila apirilaren apirilak",
    "mayo mai maio maggio maig mei maiatza maiatzaren maiatzak",
    "june junio juin junho giugno juni juny xuño ekaina ekainaren ekainak",
    "july julio juillet julho luglio juli juliol xullo uztaila uztailaren uztailak",
    "august agosto août agost augustus abuztua abuztuaren abuztuak",
    "september sept septiembre septembre setembro settembre setembre setiembre iraila irailaren irailak",
    "october oct octubre octobre outubro ottobre oktober octubre urria urriaren urriak",
    "november nov noviembre novembre novembro azaroa azaroaren azaroak",
    "december dec diciembre décembre dezembro dicembre dezember desembre decembro abendua abenduaren abenduak",
];

/// Does the word (in small letters) say nothing about a story?
pub(crate) fn is_frequent(word: &str) -> bool {
    use std::collections::HashSet;
    use std::sync::LazyLock;
    static WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| FREQUENT.split_whitespace().collect());
    WORDS.contains(word)
}

/// The number of the month that the word (in small letters) names, 1 to 12.
pub(crate) fn month(word: &str) -> Option<u32> {
    let found = MONTHS.iter().position(|names| names.split(' ').any(|name| name == word))?;
    Some(found as u32 + 1)
}

/// Small letters without marks: `Münchén` and `munchen` are one name.
pub(crate) fn folded(word: &str) -> String {
    use unicode_normalization::UnicodeNormalization as _;
    word.nfd().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
