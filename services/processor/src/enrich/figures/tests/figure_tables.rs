//! Tables of figures.

use super::*;

#[test]
fn spanish_figures() {
    check_figures(
        "es",
        &[
            ("La obra costará 3,5 millones de euros.", "money 3500000 EUR"),
            ("Una deuda de 1.234.567,8 euros", "money 1234567.8 EUR"),
            ("Facturó 12 M€ y perdió 300 k€.", "money 12000000 EUR; money 300000 EUR"),
            ("Unos 2.300 millones de pesos", "money 2300000000 -"),
            ("Pagó 2 mil 300 millones de pesos mexicanos", "money 2300000000 MXN"),
            ("Exportó por US$ 20 y por R$ 3,5 millones", "money 20 USD; money 3500000 BRL"),
            ("un fondo de mil millones de dólares", "money 1000000000 USD"),
            ("Tres billones de dólares canadienses", "money 3000000000000 CAD"),
            ("medio millón de euros y millón y medio de libras", "money 500000 EUR"),
            (
                "un millón doscientos mil euros, dos mil quinientos votos",
                "money 1200000 EUR; count 2500 votos",
            ),
            ("un millón y medio de libras", "money 1500000 GBP"),
            ("subió un 3,218 % y un 71 por ciento", "percentage 3.218 %; percentage 71 %"),
            ("cae 1,2 puntos porcentuales y 74 puntos básicos", "percentage 1.2 pp; percentage 0.74 pp"),
            ("entre 10 y 12 millones de toneladas", "measure 10000000..12000000 t"),
            ("Rachas de 120 kilómetros por hora y -4 °C", "measure 120 km/h; measure -4 Cel"),
            ("cinco grados bajo cero, entre 5 y 10 grados bajo cero", "measure -5 Cel; measure -10..-5 Cel"),
            ("1 234 567 metros cuadrados, 12 500 m²", "measure 1234567 m2; measure 12500 m2"),
            ("ardieron 3.400 hectáreas en dos años y medio", "measure 3400 har; measure 2.5 a"),
            ("una niña de seis años tras 41 horas", "measure 6 a; measure 41 h"),
            (
                "27 civiles, 40 nuevas camas y treinta y dos heridos",
                "count 27 civiles; count 40 camas; count 32 heridos",
            ),
            ("un centenar de personas y una docena de autobuses", "count 100 personas; count 12 autobuses"),
            ("Marcharon 12,500 personas", "count 12500 personas"),
            ("En Madrid, doscientas cincuenta mil personas", "count 250000 personas"),
            ("de 15 a 20 heridos", "count 15..20 heridos"),
            ("ha pasado de 19 a 31 euros, bajará de 1.400 a 600 metros", "money 31 EUR; measure 600 m"),
            ("entre 5 % y 7 %", "percentage 5..7 %"),
        ],
    );
}

#[test]
fn french_figures() {
    check_figures(
        "fr",
        &[
            ("une rallonge de 900 millions d'euros", "money 900000000 EUR"),
            (
                "12 Md€, 3,5 M€ et 2,6 milliards d’euros",
                "money 12000000000 EUR; money 3500000 EUR; money 2600000000 EUR",
            ),
            ("500'000 francs suisses", "money 500000 CHF"),
            ("38.000 francs CFA", "money 38000 XOF"),
            ("deux milliards de dollars", "money 2000000000 USD"),
            ("un million et demi de livres sterling", "money 1500000 GBP"),
            (
                "une hausse de 0,21% (+1,3 %), dix pour cent",
                "percentage 0.21 %; percentage 1.3 %; percentage 10 %",
            ),
            ("deux points de pourcentage", "percentage 2 pp"),
            ("30'000 mètres cubes de roche, 1 234 km", "measure 30000 m3; measure 1234 km"),
            ("212 années-lumière, 41 degrés, 90 km/h", "measure 212 [ly]; measure 41 Cel; measure 90 km/h"),
            ("une grève de 72 heures, de 40 à 60 centimètres", "measure 72 h; measure 40..60 cm"),
            ("âgé de 44 ans, quatre-vingt-dix jours", "measure 44 a; measure 90 d"),
            ("210 000 enfants et 140 nouveaux lits", "count 210000 enfants; count 140 lits"),
            ("une centaine d'amateurs, trente-six concerts", "count 100 amateurs; count 36 concerts"),
            ("soixante et onze députés, neuf personnes", "count 71 députés; count 9 personnes"),
            ("deux cent cinquante manifestants", "count 250 manifestants"),
            ("3 millions de personnes", "count 3000000 personnes"),
        ],
    );
}

#[test]
fn english_figures() {
    check_figures(
        "en",
        &[
            (
                "a £14 million subsidy and $2.5bn, £300k",
                "money 14000000 GBP; money 2500000000 USD; money 300000 GBP",
            ),
            ("1,234,567.8 euros", "money 1234567.8 EUR"),
            ("two million dollars, half a billion pounds", "money 2000000 USD; money 500000000 GBP"),
            ("two and a half million euros", "money 2500000 EUR"),
            ("between £10m and £12m", "money 10000000..12000000 GBP"),
            ("$10-12 million", "money 10000000..12000000 USD"),
            ("A$20, US$30, 45p", "money 20 AUD; money 30 USD; money 0.45 GBP"),
            ("10 to 12 per cent, up 3.1%", "percentage 10..12 %; percentage 3.1 %"),
            ("25 basis points, 1.5 percentage points", "percentage 0.25 pp; percentage 1.5 pp"),
            ("winds of 60 mph, 30 degrees Celsius", "measure 60 [mi_i]/h; measure 30 Cel"),
            ("a 34-year-old driver, 24 hours, a two-year ban", "measure 34 a; measure 24 h; measure 2 a"),
            ("a 60-metre stretch, 8kg", "measure 60 m; measure 8 kg"),
            ("Forty-one people, 1,100 bus drivers", "count 41 people; count 1100 drivers"),
            ("two British soldiers and a dozen children", "count 2 soldiers; count 12 children"),
            ("20 new beds, 71 MPs, a hundred people", "count 20 beds; count 71 MPs; count 100 people"),
            ("two hundred and fifty workers", "count 250 workers"),
            ("Rs 40 crore", "money 400000000 INR"),
        ],
    );
}

#[test]
fn portuguese_figures() {
    check_figures(
        "pt",
        &[
            ("61 milhões de euros, 1,32 milhões de euros", "money 61000000 EUR; money 1320000 EUR"),
            ("R$ 14,8 milhões e US$ 22 mil", "money 14800000 BRL; money 22000 USD"),
            ("dois mil milhões de euros", "money 2000000000 EUR"),
            ("três bilhões de reais", "money 3000000000 BRL"),
            ("um milhão e duzentos mil euros", "money 1200000 EUR"),
            ("um milhão e meio de dólares", "money 1500000 USD"),
            ("600 milhões de francos CFA", "money 600000000 XOF"),
            (
                "queda de 0,64%, 38 por cento, dois pontos percentuais",
                "percentage 0.64 %; percentage 38 %; percentage 2 pp",
            ),
            (
                "4.300 hectares, 80 toneladas, 45 graus Celsius",
                "measure 4300 har; measure 80 t; measure 45 Cel",
            ),
            ("de 15 a 19 anos, 48 horas", "measure 15..19 a; measure 48 h"),
            ("12 mil sobreiros e 2,1 mil desalojados", "count 12000 sobreiros; count 2100 desalojados"),
            ("Quarenta e dois músicos, cento e vinte pessoas", "count 42 músicos; count 120 pessoas"),
            ("uma dezena de casas, 600 mil pessoas", "count 10 casas; count 600000 pessoas"),
            (
                "Cinco mil e 200 toneladas, entre cinco mil e 200 mil euros",
                "measure 5200 t; money 5000..200000 EUR",
            ),
            ("em 2021 nos municípios, em 2023 segundo dados", ""),
            ("entre 10 e 12 mil pessoas", "count 10000..12000 pessoas"),
        ],
    );
}

#[test]
fn italian_figures() {
    check_figures(
        "it",
        &[
            (
                "2,9 miliardi di euro, 3 mln di euro, 12 mld di euro",
                "money 2900000000 EUR; money 3000000 EUR; money 12000000000 EUR",
            ),
            ("circa 240mila euro", "money 240000 EUR"),
            ("due milioni e mezzo di dollari", "money 2500000 USD"),
            ("cede l'1,34% e (-4,2%), 80 per cento", "percentage 1.34 %; percentage -4.2 %; percentage 80 %"),
            ("148 punti base, due punti percentuali", "percentage 1.48 pp; percentage 2 pp"),
            ("ventimila metri cubi, 18mila tonnellate", "measure 20000 m3; measure 18000 t"),
            ("tra i 60 e i 100 centimetri", "measure 60..100 cm"),
            ("-14 gradi ad Arabba", "measure -14 Cel"),
            ("44 anni, 72 ore, quattromila chilometri", "measure 44 a; measure 72 h; measure 4000 km"),
            ("Trentotto branchi, duecento volontari", "count 38 branchi; count 200 volontari"),
            ("ventuno Paesi, ventotto nuovi treni", "count 28 treni"),
            ("un centinaio di persone, 40mila visitatori", "count 100 persone; count 40000 visitatori"),
            ("un milione e centomila anni", "measure 1100000 a"),
            ("300 persone, undici miliardi di anni", "count 300 persone; measure 11000000000 a"),
            ("33.870,5 punti", "count 33870.5 punti"),
        ],
    );
}

#[test]
fn german_figures() {
    check_figures(
        "de",
        &[
            ("48 Millionen Euro, 1,12 Milliarden Euro", "money 48000000 EUR; money 1120000000 EUR"),
            (
                "CHF 20 Mio, 20 Mio. Franken, 3 Mrd. Euro",
                "money 20000000 CHF; money 20000000 CHF; money 3000000000 EUR",
            ),
            ("310 bis 340 Millionen Euro", "money 310000000..340000000 EUR"),
            ("drei Milliarden Dollar, eine halbe Million Euro", "money 3000000000 USD; money 500000 EUR"),
            ("0,74 Prozent, zwei Prozentpunkte", "percentage 0.74 %; percentage 2 pp"),
            ("38 Grad, 90 km/h, 12.500 Hektar", "measure 38 Cel; measure 90 km/h; measure 12500 har"),
            ("zweieinhalb Metern, dreieinhalb Jahren", "measure 2.5 m; measure 3.5 a"),
            ("der 54-Jährige, ein 24-stündiger Streik", "measure 54 a; measure 24 h"),
            ("20 neue Stellen, zwei schwer verletzte Männer", "count 20 Stellen; count 2 Männer"),
            ("40'000 Menschen, 3.800 Unterschriften", "count 40000 Menschen; count 3800 Unterschriften"),
            ("fünfundzwanzig Häuser, dreihundert Gäste", "count 25 Häuser; count 300 Gäste"),
            ("ein Dutzend Helfer, zweitausend Besucher", "count 12 Helfer; count 2000 Besucher"),
            ("zwischen 10 und 12 Prozent", "percentage 10..12 %"),
        ],
    );
}

#[test]
fn catalan_figures() {
    check_figures(
        "ca",
        &[
            ("186.400 euros, 3,5 milions d'euros", "money 186400 EUR; money 3500000 EUR"),
            ("mil milions de dòlars, milió i mig", "money 1000000000 USD"),
            ("un milió i mig d’euros", "money 1500000 EUR"),
            (
                "un 0,84%, Sabadell (-3,1%), 66 per cent",
                "percentage 0.84 %; percentage -3.1 %; percentage 66 %",
            ),
            ("76 punts bàsics", "percentage 0.76 pp"),
            ("0,17 hectòmetres cúbics, 140 hectàrees", "measure 0.17 hm3; measure 140 har"),
            ("de 40 a 60 centímetres, 90 km/h", "measure 40..60 cm; measure 90 km/h"),
            ("d'entre 24 i 51 anys, vint-i-dos anys", "measure 24..51 a; measure 22 a"),
            ("dues-centes persones, tres-cents animals", "count 200 persones; count 300 animals"),
            ("una dotzena d'anguiles, una trentena de robatoris", "count 12 anguiles; count 30 robatoris"),
            (
                "900 veïns, 85 noves places. Sis estibadors",
                "count 900 veïns; count 85 places; count 6 estibadors",
            ),
            ("5.000 habitants, dos mil cinc-cents vots", "count 5000 habitants; count 2500 vots"),
            ("11.653,2 enters", "count 11653.2 enters"),
        ],
    );
}
