//! Documents in the style of agencies, all of invented copy.

/// News sitemap with a prefixed root, an image and a page without news.
pub(super) const SITEMAP: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<sm:urlset xmlns:sm="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<sm:url><sm:loc>https://wire.example/lugo/pleno?a=1&amp;b=2</sm:loc><sm:lastmod>2026-03-02T11:00:00+01:00</sm:lastmod>
<news:news><news:publication><news:name>Agencia X</news:name><news:language>es</news:language></news:publication>
<news:publication_date>2026-03-02T10:30:00+01:00</news:publication_date><news:title><![CDATA[El pleno aprueba las cuentas & cierra el año]]></news:title><news:keywords>Lugo, cuentas,</news:keywords></news:news>
<image:image><image:loc>https://img.wire.example/1.jpg</image:loc><image:caption>El pleno</image:caption></image:image></sm:url>
<sm:url><sm:loc>https://wire.example/sin-noticia</sm:loc><sm:lastmod>2026-03-01</sm:lastmod></sm:url>
<sm:url><sm:lastmod>2026-03-01</sm:lastmod></sm:url>
</sm:urlset>"#;

/// Sitemap index.
pub(super) const INDEX: &str = r#"<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>https://wire.example/news-1.xml</loc><lastmod>2026-03-02T09:30:00Z</lastmod></sitemap>
<sitemap><loc> /news-2.xml </loc></sitemap><sitemap><lastmod>2026-03-02</lastmod></sitemap></sitemapindex>"#;

/// NewsML 1.2 as a large agency sends it: an article with a picture, and an embargoed one with topics of its own.
pub(super) const NEWSML: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<NewsML Version="1.2"><NewsEnvelope><DateAndTime>20260302T103000Z</DateAndTime><NewsService FormalName="AX-ES"/></NewsEnvelope>
<NewsItem xml:lang="es"><Identification><NewsIdentifier><ProviderId>ax.example</ProviderId><DateId>20260302</DateId><NewsItemId>PLENO-1</NewsItemId>
<RevisionId PreviousRevision="1" Update="U">2</RevisionId><PublicIdentifier>urn:newsml:ax.example:20260302:PLENO-1:2U</PublicIdentifier></NewsIdentifier></Identification>
<NewsManagement><NewsItemType FormalName="News"/><FirstCreated>20260302T093000Z</FirstCreated><ThisRevisionCreated>20260302T101500Z</ThisRevisionCreated>
<Status FormalName="Usable"/><Urgency FormalName="3"/></NewsManagement>
<NewsComponent><NewsLines><HeadLine>El pleno de Lugo aprueba las cuentas</HeadLine><ByLine>Marta Soler</ByLine><DateLine>LUGO, 2 mar (AX)</DateLine><CopyrightLine>© AX 2026</CopyrightLine><SlugLine>LUGO-pleno</SlugLine><KeywordLine>cuentas; pleno</KeywordLine></NewsLines>
<DescriptiveMetadata><Language FormalName="es"/><SubjectCode><Subject FormalName="04000000"/></SubjectCode><SubjectCode><SubjectMatter FormalName="hacienda"/></SubjectCode></DescriptiveMetadata>
<NewsComponent><Role FormalName="Main"/><ContentItem><MediaType FormalName="Text"/><Format FormalName="NITF"/><DataContent><p>La edil Marta Soler presentó el texto a las 10 & media.</p>
<p>"No habrá &lt;más&gt; recortes", dijo.</p><table><tr><td>Obras</td><td>3</td></tr></table></DataContent></ContentItem></NewsComponent>
<NewsComponent><Role FormalName="Caption"/><ContentItem><DataContent><p>Un pie de foto mucho más largo que el texto, que no debe tomarse nunca por el texto de la noticia, por más que lo sea, y que aquí sigue y sigue.</p></DataContent></ContentItem></NewsComponent>
<NewsComponent><Role FormalName="Photo"/><NewsLines><HeadLine>La edil</HeadLine><CreditLine>AX / R. Mora</CreditLine></NewsLines>
<ContentItem Href="https://img.ax.example/s.jpg"><MediaType FormalName="Photo"/><MimeType FormalName="image/jpeg"/><Characteristics><Property FormalName="Width" Value="120"/></Characteristics></ContentItem>
<ContentItem Href="https://img.ax.example/l.jpg"><MediaType FormalName="Photo"/><MimeType FormalName="image/jpeg"/><Characteristics><Property FormalName="Width" Value="1200"/></Characteristics></ContentItem></NewsComponent>
</NewsComponent></NewsItem>
<NewsItem><Identification><NewsIdentifier><PublicIdentifier>urn:newsml:ax.example:20260302:OBRAS-7:1N</PublicIdentifier></NewsIdentifier></Identification>
<NewsManagement><FirstCreated>20260302T100000+0100</FirstCreated><Status FormalName="Embargoed"/><StatusWillChange><FutureStatus FormalName="Usable"/><DateAndTime>20260302T120000+0100</DateAndTime></StatusWillChange><Instruction FormalName="Correction">Corrige la cifra</Instruction></NewsManagement>
<NewsComponent><TopicSet><Topic><FormalName>13010007</FormalName><Description>puentes</Description></Topic></TopicSet><NewsLines><HeadLine>Las obras del puente</HeadLine></NewsLines><DescriptiveMetadata><SubjectCode><Subject FormalName="13010007"/></SubjectCode></DescriptiveMetadata>
<RightsMetadata><Copyright><CopyrightHolder>AX</CopyrightHolder><CopyrightDate>2026</CopyrightDate></Copyright><UsageRights><Limitations>Sin uso en archivo</Limitations></UsageRights></RightsMetadata>
<ContentItem><MimeType FormalName="text/plain"/><DataContent><![CDATA[  El puente se abrirá
en abril.
  Lo dijo la edil.]]></DataContent></ContentItem></NewsComponent></NewsItem></NewsML>"#;

/// NewsML-G2: two versions of an article with NITF inside, a picture, a killed one, and a package that binds them.
pub(super) const G2: &str = r#"<ns:newsMessage xmlns:ns="http://iptc.org/std/nar/2006-10-01/"><ns:header><ns:sent>2026-03-02T10:30:00Z</ns:sent><ns:sender>bx.example</ns:sender></ns:header><ns:itemSet>
<ns:packageItem guid="tag:bx.example,2026:pkg"><ns:groupSet><ns:group><ns:itemRef residref="tag:bx.example,2026:1"/></ns:group></ns:groupSet></ns:packageItem>
<ns:newsItem guid="tag:bx.example,2026:1" version="2" xml:lang="de"><ns:rightsInfo><ns:copyrightHolder literal="BX"/><ns:copyrightNotice>© BX 2026</ns:copyrightNotice><ns:usageTerms>Nicht für Archive</ns:usageTerms></ns:rightsInfo>
<ns:itemMeta><ns:itemClass qcode="ninat:text"/><ns:versionCreated>2026-03-02T11:00:00+01:00</ns:versionCreated><ns:firstCreated>2026-03-02T10:30:00+01:00</ns:firstCreated><ns:embargoed>2026-03-02T12:00:00+01:00</ns:embargoed><ns:pubStatus qcode="stat:usable"/><ns:edNote>Achtung: neue Zahl</ns:edNote><ns:signal qcode="sig:correction"/></ns:itemMeta>
<ns:contentMeta><ns:urgency>4</ns:urgency><ns:headline>Rat beschließt Haushalt</ns:headline><ns:slugline>Haushalt/Rat</ns:slugline><ns:dateline>ULM (BX)</ns:dateline><ns:by>Von Jana Kern</ns:by><ns:language tag="de-DE"/>
<ns:subject qcode="medtop:11000000"/><ns:subject qcode="medtop:20000593"><ns:name>Regierung</ns:name></ns:subject><ns:keyword>Haushalt</ns:keyword><ns:description role="drol:summary">Der Rat stimmt zu.</ns:description></ns:contentMeta>
<ns:contentSet><ns:inlineXML contenttype="application/nitf+xml"><nitf xmlns="http://iptc.org/std/NITF/2006-10-18/"><body><body.head><hedline><hl1>Anderer Titel</hl1></hedline></body.head><body.content><p>Der Rat &amp; die Stadt einigen sich.</p><hl2>Was folgt</hl2><p>Mehr <em>Geld</em> für <a href="https://ulm.example/a?x=1&amp;y=2">Schulen</a>.</p><ul><li>Bau</li><li>Personal</li></ul></body.content></body></nitf></ns:inlineXML></ns:contentSet></ns:newsItem>
<ns:newsItem guid="tag:bx.example,2026:1" version="1"><ns:contentMeta><ns:headline>Alte Fassung</ns:headline></ns:contentMeta></ns:newsItem>
<ns:newsItem guid="tag:bx.example,2026:2" version="3"><ns:itemMeta><ns:pubStatus qcode="stat:canceled"/></ns:itemMeta><ns:contentMeta><ns:headline>Zurückgezogen</ns:headline></ns:contentMeta></ns:newsItem>
<ns:newsItem guid="tag:bx.example,2026:3"><ns:itemMeta><ns:itemClass qcode="ninat:picture"/></ns:itemMeta><ns:contentMeta><ns:creator><ns:name>Ada Lenz</ns:name></ns:creator><ns:headline>Der Rat</ns:headline><ns:description role="drol:caption">Sitzung im Saal</ns:description></ns:contentMeta>
<ns:contentSet><ns:remoteContent href="https://img.bx.example/t.jpg" contenttype="image/jpeg" width="80"/><ns:remoteContent href="https://img.bx.example/h.jpg" contenttype="image/jpeg" width="1500"/></ns:contentSet></ns:newsItem>
<ns:newsItem guid="tag:bx.example,2026:4"><ns:contentMeta><ns:headline>Escaped</ns:headline></ns:contentMeta><ns:contentSet><ns:inlineData contenttype="text/html">&lt;p&gt;Uno &amp;amp; dos&lt;script&gt;x()&lt;/script&gt;&lt;p&gt;Tres</ns:inlineData></ns:contentSet></ns:newsItem>
</ns:itemSet></ns:newsMessage>"#;

/// NITF as a Nordic agency sends it.
pub(super) const NITF: &str = r#"<?xml version="1.0" encoding="utf-8"?><!DOCTYPE nitf SYSTEM "nitf-3-6.dtd">
<nitf baselang="nb-NO"><head><title>Budsjettet er vedtatt</title><tobject tobject.type="Innenriks"><tobject.subject tobject.subject.type="Politikk" tobject.subject.matter="Budsjett"/></tobject>
<docdata management-status="usable"><doc-id id-string="CX42" regsrc="CX"/><urgency ed-urg="5"/><date.issue norm="20260302T103000+0100"/><date.release norm="20260302T120000+0100"/><ed-msg info="Ny versjon"/><du-key key="budsjett-lugo" version="2"/><fixture fix-id="Morgen"/><series series.name="Valg 2026" series.part="1"/><key-list><keyword key="budsjett"/></key-list><doc.copyright holder="CX" year="2026"/></docdata></head>
<body><body.head><hedline><hl1>Budsjettet er vedtatt</hl1><hl2>Flertall for planen</hl2></hedline><byline>Av <person>Kari Holm</person>, <byttl>redaktør</byttl></byline><dateline>Hamar</dateline></body.head>
<body.content><block><p lede="true">Rådet sa ja til planen.</p><hl2>Flere penger</hl2><p>Skolen får mer.</p><media media-type="image"><media-reference mime-type="image/jpeg" source="https://img.cx.example/1.jpg"/><media-caption>Rådet. Foto: Holm</media-caption></media>
<nitf-table><table><tr><th>Post</th><th>Sum</th></tr><tr><td>Skole</td><td>3 & 4</td></tr></table></nitf-table></block></body.content><body.end><tagline>kh@cx.example</tagline></body.end></body></nitf>"#;

/// ninjs in the three generations.
pub(super) const NINJS: &str = r#"[
{"uri":"urn:dx:1","version":"3","type":"text","versioncreated":"2026-03-02T09:30:00Z","embargoed":"2026-03-02T11:00:00Z","pubstatus":"usable","urgency":2,"language":"en","headline":"Council passes budget","byline":"Ann Reed","slugline":"budget-council","ednote":"Adds vote","copyrightholder":"DX","subject":[{"code":"medtop:04000000"},{"name":"council"}],"description_text":"The vote was close.","body_text":"plain","body_html":"<p>The council met &amp; voted.</p><script>x</script><p>It passed.</p>","renditions":{"small":{"href":"https://img.dx.example/s.jpg","width":80},"main":{"href":"https://img.dx.example/m.jpg","width":900,"mimetype":"image/jpeg"}}},
{"uri":"urn:dx:2","headlines":[{"role":"short","value":"Short"},{"role":"main","value":"Bridge opens"}],"bodies":[{"contentType":"text/plain","value":"The bridge opens in April, the council said."},{"role":"x","contentType":"text/html","value":"<div><p>The bridge opens in April, the council said.</p></div>"}],"by":"DX","pubStatus":"canceled","versionCreated":"2026-03-02T10:30:00+01:00","associations":[{"name":"a","type":"picture","descriptions":[{"value":"The bridge"}],"by":"L. Poe","renditions":[{"href":"https://img.dx.example/b.jpg","width":10}]}]},
{"uri": 7 7},
{"type":"text","uri":"https://dx.example/3","title":"Only a title"}]"#;

/// IPTC 7901: two messages with control characters, as lines of transmission send them.
pub(super) const IPTC: &str = "\u{0}\u{0}\u{1}AX0123 4 pol 57 Lugo-cuentas/pleno\r\n\u{2}EL PLENO DE LUGO APRUEBA LAS CUENTAS\r\n   LUGO, 2 mar (AX).- La edil Marta Soler present\u{f3} el texto a\r\nlas diez.\r\n   Obras      3     4\r\n   Personal   1     2\r\n   \"No habr\u{e1} <m\u{e1}s> recortes\", dijo. AX\r\nms/rm\r\n\u{3}\r\n021030 GMT MAR 26\r\n\u{4}\u{0}\u{1}AX0124 1 spo 12\r\n\u{2}URGENTE: Lugo gana\r\n\r\nLugo gan\u{f3} 3-1.\r\n\u{3}021045 GMT MAR 26\u{4}";
