//! Spanish, as newsrooms in Spain speak it: an item is a teletipo, a wire is a fuente, IPTC's topics are temas.

use wiredesk_contract::status::CopyKind;
use wiredesk_contract::verdict::{Change, Relation};

use super::*;
use crate::auth::keeper::{Refused, Scope};
use crate::error::Wrong;

pub(super) static SPANISH: Words = Words {
    code: "es",
    name: "Español",
    thousands: ".",
    grouped_from: 5,
    decimal: ",",
    months: ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov", "dic"],
    frame: FrameWords {
        skip: "Ir al contenido",
        nav: "Principal",
        wire: "Teletipos",
        stories: "Historias",
        sources: "Fuentes",
        pipeline: "Proceso",
        alerts: "Alertas",
        log_out: "Salir",
        language: "Idioma",
        items: Counted { one: "teletipo", many: "teletipos" },
        repeats: Counted { one: "repetición", many: "repeticiones" },
        older: "Anteriores",
        why: "motivo",
        state: "Estado",
        to_do: "Acciones",
        where_: "Dónde",
        around: "alrededores",
    },
    wire: WireWords {
        not_live: "sin directo",
        live: "en directo",
        reconnecting: "reconectando",
        closed: "sin directo: vuelva a cargar la página",
        so_far: "Hasta ahora",
        versions: Counted { one: "versión", many: "versiones" },
        stories: Counted { one: "historia", many: "historias" },
        answering: |all| {
            if is_one(all) {
                "de 1 fuente responde".to_owned()
            } else {
                format!("de {all} fuentes responden")
            }
        },
        all: "todo",
        wire: "Fuente",
        words: "Palabras",
        words_hint: "en texto y titulares",
        without_repeats: "sin repeticiones",
        show: "Mostrar",
        only: "Solo",
        take_off: |condition| format!("{condition}: quitar"),
        alike: "Nada contiene esas palabras. Estos titulares se escriben de forma parecida:",
        none_so_recent: "No hay teletipos así entre los últimos. Los anteriores aún no se han buscado.",
        nothing_like_this: "No hay teletipos así. Quite una condición o busque otras palabras.",
        nothing_yet: [
            "Todavía no hay teletipos. Los primeros llegan a los pocos segundos del arranque;",
            "las fuentes",
            "dicen cómo va cada una.",
        ],
        keys: ["Teclas:", "y", "van de fila en fila,", "la abre,", "busca palabras."],
        send: "Enviar esto a una dirección según llega",
        list_as: "Esta lista en",
        no_headline: "(sin titular)",
        killed: "anulado",
        embargo: |until| {
            until.map_or_else(|| "embargo".to_owned(), |until| format!("embargo hasta el {until}"))
        },
        urgent: "urgente",
        version: |version, change| format!("versión {version}: {change}"),
        repeat: "repetición",
        more_to_come: "habrá ampliación",
    },
    item: ItemWords {
        read_at_source: "Leer en la fuente",
        about: "Sobre este teletipo",
        a_repeat: "Repetición",
        of: "de",
        alike: |percent| format!("coinciden en un {percent} %"),
        both_have: |text| format!("Ambos dicen: «{text}»"),
        figures_differ: |list| format!("Cifras que difieren: {list}"),
        names_differ: |list| format!("Nombres que difieren: {list}"),
        adds: |text| format!("Esta versión añade: «{text}»"),
        takes_out: |text| format!("Esta versión quita: «{text}»"),
        changes: |before, after| format!("Esta versión cambia «{before}» por «{after}»"),
        topics: "Temas",
        names: "Nombres",
        quotes: "Citas",
        story: "Historia",
        with_the_others: "Con los demás teletipos de esta historia",
        versions: "Versiones",
        what_changed: "qué cambió",
        cleaned: |n| match n {
            1 => "Limpieza: 1 pasaje retirado".to_owned(),
            n => format!("Limpieza: {n} pasajes retirados"),
        },
        nothing_taken_out: "No hubo que retirar nada.",
        mended: "Arreglado para poder leerlo:",
        by_memory: |version| {
            format!("Según la versión {version} de lo que esta fuente repite en sus páginas.")
        },
        who_found_what: "Quién encontró qué",
        found: "Qué",
        found_by: "Por",
        engine_version: "Versión",
    },
    difference: DifferenceWords {
        title: |version| format!("Versión {version}"),
        the_item: "El teletipo",
        versions: |from, to| format!("versión {from} → {to}"),
        earlier: |from, to| format!("Qué cambió la versión {to} respecto a la {from}"),
    },
    stories: StoriesWords {
        none: "Todavía no hay historias.",
        why_together: "Por qué van juntos",
        most_name: "La mayoría de sus teletipos nombra a",
        map: "Mapa de los lugares",
        about_map: "Un punto por cada lugar de la lista, con el mismo número; lleva a los teletipos de sus alrededores.",
        in_each_language: "En cada idioma",
        time_line: "Cronología",
        how_well: "cuánto encaja en la historia",
        fits: |percent| format!("encaja un {percent} %"),
        on_the_wire: "Ver sus teletipos",
    },
    sources: SourcesWords {
        wire: "Fuente",
        items: "Teletipos",
        rhythm: "Ritmo",
        newest: "Último teletipo",
        last_poll: "Última consulta",
        every: |span| format!("cada {span}"),
        silent: |since| {
            since.map_or_else(|| "nada nuevo".to_owned(), |since| format!("nada nuevo desde el {since}"))
        },
        paused: "en pausa por un operador",
        resume: "Reanudar",
        poll_now: "Consultar ya",
        pause: "Pausar",
        why_rest: |wire| format!("Por qué se pausa {wire}"),
        who_may: "Quien entra con un token de alcance admin puede añadir fuentes, pausarlas y consultarlas al momento.",
    },
    looks: LooksWords {
        a_new: "Una fuente nueva",
        address: "Dirección de un canal o de un sitio",
        look: "Mirar",
        looking: "Se está mirando; puede tardar hasta minuto y medio.",
        listing: "Se está añadiendo.",
        listed: "Ya está en la lista; sus teletipos llegan en unos segundos.",
        its_items: "Ver sus teletipos",
        newest: |at| format!("el último, el {at}"),
        remarks: "Conviene saber",
        list_it: "Añadirla",
        which: "Cuál",
        name: "Nombre",
        language: "Idioma",
        rights: "Se puede publicar",
        headline: "titular, entradilla y enlace",
        full_text: "el texto entero, con permiso del editor",
        pages: "Recoger también las páginas de los artículos",
        add: "Añadir",
    },
    pipeline: PipelineWords {
        now: "Ahora",
        last_hour: Counted { one: "versión en la última hora", many: "versiones en la última hora" },
        half: "de la recogida al registro, la mitad;",
        nineteen: "diecinueve de cada veinte",
        to_publish: "por publicar",
        oldest_for: |seconds| format!("; lo más antiguo espera desde hace {seconds} s"),
        too_large: Counted {
            one: "fila es mayor de lo que admite su tema de mensajería",
            many: "filas son mayores de lo que admite su tema de mensajería",
        },
        how_far: |bus| format!("Por dónde va cada fase, en el bus {bus}"),
        stage: "Fase",
        reads: "Lee",
        to_go: "Pendiente",
        up_to_date: "al día",
        dropped: Counted { one: "se perdió sin leerse", many: "se perdieron sin leerse" },
        the_day: "Las últimas 24 horas",
        an_hour: |most| format!("Teletipos por hora, {most} como máximo"),
        at_the_most: |most| format!("{most} por hora como máximo"),
        bar: |hour, items, repeats| format!("{hour}: teletipos, {items}; de ellos repeticiones, {repeats}"),
        waits: |longest| format!("De la recogida al registro, hora a hora, {longest} como máximo"),
        longest: |longest| format!("{longest} como máximo"),
        wait_bar: |hour, half, most| {
            format!("{hour}: la mitad en {half} s, diecinueve de cada veinte en {most} s")
        },
        languages: "Idiomas",
        wires: "Fuentes",
        topics: "Temas de lo más reciente",
        dead: "Mensajes rechazados",
        none_waits: "Ninguno espera a nadie.",
        wait: |letters| {
            let wait = if is_one(letters) { "espera" } else { "esperan" };
            format!(
                "{letters} {wait} a que alguien decida. Arregle antes la causa: un mensaje que se reenvía y se rechaza otra vez vuelve aquí."
            )
        },
        send_again: "Reenviar",
        drop: "Descartar",
        why_dropped: |letter| format!("Por qué se descarta el mensaje {letter}"),
        done: |action| match action {
            "asked" => "reenvío pedido",
            "retried" => "reenviado",
            "failed" => "no se pudo reenviar",
            _ => "descartado",
        },
    },
    alerts: AlertsWords {
        about: "Una alerta envía a una dirección los teletipos que cumplen unas condiciones, uno a uno según se publican, firmados como manda \
                Standard Webhooks.",
        made: "La alerta está creada. Firma con esta clave, que solo se muestra esta vez:",
        who_may: "Quien entra con un token de alcance admin ve las alertas y crea otras nuevas.",
        a_new: "Nueva alerta",
        of: "De",
        name: "Nombre",
        address: "Dirección",
        make: "Crear",
        none: [
            "Todavía no hay ninguna. Elija condiciones en",
            "los teletipos",
            " y después «Enviar esto a una dirección».",
        ],
        alert: "Alerta",
        to: "A",
        sent: "Enviados",
        given_up: "Abandonados",
        last: "Último",
        remove: "Borrar",
    },
    login: LoginWords {
        log_in: "Entrar",
        token: "Token",
        help: ["Un token empieza por", "; quien lleva esta mesa lo crea con", "."],
    },
    trouble: TroubleWords {
        nothing_here: "Aquí no hay nada",
        not_done: "No se pudo hacer",
        fault: "hubo un fallo nuestro; queda registrado",
        to_the_wire: "Ir a los teletipos",
    },
    change: |change| match change {
        Change::New => "nueva",
        Change::TitleOnly => "cambia el titular",
        Change::Minor => "retocada",
        Change::Expanded => "ampliada",
        Change::Corrected => "corregida",
        Change::Cut => "recortada",
        Change::Rewritten => "reescrita",
        Change::Withdrawn => "retirada",
        Change::Status => "liberada",
        Change::Reenriched => "enriquecida de nuevo",
    },
    relation: |relation| match relation {
        Relation::Resend => "reenvío",
        Relation::Cut => "copia recortada",
        Relation::Expanded => "copia ampliada",
        Relation::Corrected => "copia corregida",
        Relation::Rewritten => "copia reescrita",
        Relation::TemplateSibling => "misma plantilla",
    },
    kind: |kind| match kind {
        CopyKind::News => "noticia",
        CopyKind::Planning => "previsión",
        CopyKind::Roundup => "resumen",
        CopyKind::NotArticle => "página sin artículo",
    },
    state: |state| match state {
        SourceState::Ok => "bien",
        SourceState::Waiting => "en espera",
        SourceState::Silent => "callada",
        SourceState::Failing => "con fallos",
        SourceState::Unreachable => "inaccesible",
        SourceState::Gone => "desaparecida",
        SourceState::Paused => "en pausa",
    },
    taken: |why| match why {
        Taken::Advertisement => "publicidad",
        Taken::Byline => "firma",
        Taken::Caption => "pie de foto",
        Taken::Comments => "comentarios",
        Taken::CookieNotice => "aviso de cookies",
        Taken::Copyright => "derechos de autor",
        Taken::CorrectionNotice => "aviso de corrección",
        Taken::DateLine => "línea con la fecha",
        Taken::DateRow => "fila de fechas",
        Taken::Dateline => "data",
        Taken::Deck => "subtítulo",
        Taken::Embargo => "aviso de embargo",
        Taken::EmptySection => "título sin sección",
        Taken::ForumChrome => "adornos del foro",
        Taken::Initials => "iniciales",
        Taken::Mark => "marca de agencia",
        Taken::Menu => "menú",
        Taken::NewsletterBox => "suscripción al boletín",
        Taken::NotText => "ajeno al texto",
        Taken::PageFooter => "pie de página",
        Taken::ReadMore => "leer más",
        Taken::RelatedLinks => "enlaces relacionados",
        Taken::RepeatedDeck => "subtítulo repetido",
        Taken::RepeatedLine => "línea repetida",
        Taken::RepeatedOnSource => "repetido en toda la fuente",
        Taken::RepeatedTitle => "titular repetido",
        Taken::ShareRow => "botones para compartir",
        Taken::Sidebar => "columna lateral",
        Taken::Signature => "firma de agencia",
        Taken::Title => "titular",
    },
    mended: |what| match what {
        Mended::BadByte => "bytes que no son caracteres",
        Mended::BadEscape => "secuencias de escape erróneas",
        Mended::BareAmpersand => "«&» sin codificar",
        Mended::BrokenItem => "entradas rotas",
        Mended::BrokenJson => "JSON roto",
        Mended::BrokenMarkup => "etiquetas rotas",
        Mended::ControlCharacter => "caracteres de control",
        Mended::DeclaredEntity => "entidades declaradas",
        Mended::EncodedTwice => "texto codificado dos veces",
        Mended::FieldLimit => "campos más largos que cualquier texto",
        Mended::HtmlEntity => "entidades de HTML",
        Mended::ItemLimit => "más entradas de las que admite un documento",
        Mended::JunkAfter => "restos tras el documento",
        Mended::JunkBefore => "restos antes del documento",
        Mended::LongText => "texto más largo que cualquier documento",
        Mended::MismatchedTag => "etiquetas que no casan",
        Mended::NationalCharacters => "caracteres de un juego nacional",
        Mended::NoRoot => "sin elemento raíz",
        Mended::NoVersion => "sin versión",
        Mended::OddVersion => "versión desconocida",
        Mended::OldNamespace => "espacio de nombres antiguo",
        Mended::OlderVersion => "versión antigua",
        Mended::OverTheCap => "más de lo que admite un documento",
        Mended::PageBinary => "su página no es texto",
        Mended::PageEmpty => "su página está vacía",
        Mended::PageErrorPage => "su página es de error",
        Mended::PageLoginWall => "su página pide identificarse",
        Mended::PageNoBody => "su página no tiene texto",
        Mended::PageNotHtml => "su página no es HTML",
        Mended::PagePdf => "su página es un PDF",
        Mended::PageSectionFront => "su página es una portada de sección",
        Mended::PageTooDeep => "su página anida demasiado",
        Mended::PageTooLarge => "su página es demasiado grande",
        Mended::PageTooManyAttributes => "su página tiene demasiados atributos",
        Mended::PageVideoStub => "su página es un vídeo",
        Mended::PageWrongCharset => "su página está mal codificada",
        Mended::RootNamespace => "espacio de nombres ajeno en la raíz",
        Mended::StrayEndTag => "etiquetas de cierre sueltas",
        Mended::StrayLt => "«<» sin codificar",
        Mended::TrailingComma => "comas finales",
        Mended::Truncated => "documento cortado",
        Mended::UnboundPrefix => "prefijos sin declarar",
        Mended::UnclosedCdata => "CDATA sin cerrar",
        Mended::UnclosedComment => "comentarios sin cerrar",
        Mended::UnclosedItem => "entradas sin cerrar",
        Mended::UnclosedRoot => "raíz sin cerrar",
        Mended::UnclosedTag => "elementos sin cerrar",
        Mended::UndeclaredEncoding => "codificación sin declarar",
        Mended::UndecodedCharacters => "caracteres sin decodificar",
        Mended::UnreadItems => "entradas sin leer",
        Mended::UpperCaseTags => "elementos en mayúsculas",
        Mended::WrongEncoding => "codificación mal declarada",
    },
    sought: |what| match what {
        Sought::Dateline => "data",
        Sought::Dates => "fechas",
        Sought::Entities => "nombres",
        Sought::EventPlace => "dónde ocurrió",
        Sought::Figures => "cifras",
        Sought::Keywords => "palabras clave",
        Sought::Quotes => "citas",
        Sought::Sentiment => "tono",
        Sought::Summary => "resumen",
        Sought::Topics => "temas",
        Sought::Vocabulary => "vocabulario",
    },
    condition: |name, value| match name {
        "near" => match value.split(',').collect::<Vec<_>>()[..] {
            [lat, lon, km] => format!("a menos de {km} km de {lat}, {lon}"),
            _ => value.to_owned(),
        },
        "urgency" => format!("urgencia {value} o mayor"),
        "duplicates" => "sin repeticiones".to_owned(),
        "q" => format!("«{value}»"),
        "since" => format!("desde {value}"),
        "until" => format!("antes de {value}"),
        "topic" => format!("tema {value}"),
        "entity" => format!("nombre {value}"),
        "place" => format!("lugar {value}"),
        "story" => format!("historia {value}"),
        "language" => format!("idioma {value}"),
        "source" => format!("fuente {value}"),
        "kind" => match value {
            "news" => "noticias".to_owned(),
            "planning" => "previsiones".to_owned(),
            "roundup" => "resúmenes".to_owned(),
            _ => "páginas sin artículo".to_owned(),
        },
        name => format!("{name} {value}"),
    },
    error: |error| match error {
        ApiError::Token(Refused::Unknown) => {
            "este token no se conoce aquí; mire que esté entero o cree otro con `wiredesk token create`"
                .to_owned()
        }
        ApiError::Token(Refused::Expired) => {
            "el token ha caducado; cree otro con `wiredesk token create`".to_owned()
        }
        ApiError::Token(Refused::Revoked) => {
            "el token fue revocado; cree otro con `wiredesk token create`".to_owned()
        }
        ApiError::Scope(scope) => {
            let scope = match scope {
                Scope::Read => "read",
                Scope::Admin => "admin",
            };
            format!(
                "hace falta un token con el alcance {scope}; `wiredesk token create --scope read,admin` crea uno para ambos"
            )
        }
        ApiError::Form(wrong) => match wrong {
            Wrong::NoName => "la alerta necesita un nombre".to_owned(),
            Wrong::Address => {
                "la dirección no es de http ni de https, como https://mesa.example/aviso".to_owned()
            }
            Wrong::TooManyAlerts(most) => format!("ya hay {most} alertas; borre antes una"),
            Wrong::NotSentAgain(_) => "el mensaje no se puede reenviar nunca".to_owned(),
            Wrong::NothingToLookAt => "escriba la dirección de un canal de noticias o de un sitio".to_owned(),
            Wrong::TooManyLooks(most) => {
                format!(
                    "ya hay {most} direcciones por mirar; ¿está en marcha un fetcher? `wiredesk doctor` lo dice"
                )
            }
            Wrong::NotSeen(_) => "ahora no se puede añadir: no se ha visto, o ya está en camino".to_owned(),
            Wrong::NotLookedAt => "esa dirección no se ha mirado; mírela antes".to_owned(),
        },
        ApiError::TooMany(seconds) => format!("demasiadas peticiones; vuelva a intentarlo en {seconds} s"),
        ApiError::TooManyStreams(most) => {
            format!("las {most} conexiones en directo están ocupadas; vuelva a intentarlo en un minuto")
        }
        ApiError::TooManyOfOne(open) => {
            format!("ya tiene abiertas {open} conexiones en directo; cierre antes una")
        }
        // What these say in words of their own is about parameters, which people do not write.
        ApiError::BadRequest(_) | ApiError::Conflict(_) => {
            "esto no se puede hacer tal como está escrito; revise las condiciones".to_owned()
        }
        ApiError::NotFound { .. } => {
            "esta dirección no lleva a nada; quizá está mal escrita o lo que había se borró".to_owned()
        }
        ApiError::MediaType => "el formato de lo enviado no se admite".to_owned(),
        ApiError::LongAddress => "la dirección pasa de 8 KiB; pida menos de una vez".to_owned(),
        ApiError::Host => "a esta mesa no se llega con ese nombre; añádalo a api.hosts".to_owned(),
        ApiError::NoToken => "hace falta un token; `wiredesk token create` crea uno".to_owned(),
        ApiError::TokenInAddress => {
            "un token en una dirección acaba en registros e historiales: revóquelo y no lo escriba ahí"
                .to_owned()
        }
        ApiError::ForeignPage => "la petición no viene de la página de esta mesa".to_owned(),
        ApiError::Slow => {
            "la respuesta tarda demasiado; pida menos o vuelva a intentarlo en unos segundos".to_owned()
        }
        ApiError::Store(_) => "la base de datos no responde; vuelva a intentarlo en unos segundos".to_owned(),
        ApiError::Bus(_) => "el bus no responde; vuelva a intentarlo en unos segundos".to_owned(),
        ApiError::Line(_) => "ahora no se ve el proceso; vuelva a intentarlo en unos segundos".to_owned(),
        ApiError::Page(_) => "no se pudo componer la página".to_owned(),
    },
};
