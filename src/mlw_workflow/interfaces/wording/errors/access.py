"""Who may look, and who audits."""

from mlw_workflow.domain.texts import Text

ERRORS = {
    "access_refused": Text(
        "Osoba „{person}” nie ma do tego prawa.",
        "“{person}” has no right to this.",
    ),
    "acceptance_own": Text(
        "Wcześniejszy krok tego zadania zapisano z tego konta. Zaakceptować je musi inna osoba.",
        "An earlier step of this task was recorded by you. Somebody else must accept it.",
    ),
    "acceptance_unread": Text(
        "Przed akceptacją trzeba zapoznać się z danymi: wystarczy otworzyć zadanie.",
        "Look at the evidence before you accept: opening the task is enough.",
    ),
    "auditor_only_reads": Text(
        "Osoba „{person}” jest do {until} audytorem programu {programme}, a audytor tylko czyta: kto ocenia zapisy, "
        "nie może ich tworzyć. Niczego nie zapisano.",
        "“{person}” is an auditor of the programme {programme} until {until}, and auditors only read: whoever judges "
        "the record may not write it. Nothing was recorded.",
    ),
    "auditor_out_of_scope": Text(
        "Pilotaż {pilot} należy do programu {programme}, którego audytor „{person}” nie obejmuje. {suggestion}",
        "The pilot {pilot} belongs to the programme {programme}, which the auditor “{person}” does not cover. "
        "{suggestion}",
    ),
    "auditor_expired": Text(
        "Dostęp audytora „{person}” do programu {programme} skończył się {until}. Nowy nadaje: mlw auditor add.",
        "The access of the auditor “{person}” to the programme {programme} ended on {until}. To give it anew: "
        "mlw auditor add.",
    ),
    "auditor_not_yet": Text(
        "Dostęp audytora „{person}” do programu {programme} zaczyna się dopiero {since}.",
        "The access of the auditor “{person}” to the programme {programme} begins only on {since}.",
    ),
    "reader_without_role": Text(
        "Osoba „{person}” nie pełni dziś żadnej roli w pilotażu {pilot} ani nie jest jego audytorem.",
        "“{person}” holds no role today in the pilot {pilot}, and is no auditor of it.",
    ),
    "auditor_holds_role": Text(
        "Osoba „{person}” pełni w tym czasie rolę „{role}” w pilotażu {pilot}, a nikt nie audytuje własnej pracy. "
        "Proszę wskazać inną osobę albo najpierw zakończyć rolę: mlw member end.",
        "“{person}” holds the role “{role}” in the pilot {pilot} within that time, and nobody audits their own work. "
        "Name somebody else, or end the role first: mlw member end.",
    ),
    "role_of_auditor": Text(
        "Osoba „{person}” jest do {until} audytorem tego programu, więc nie może pełnić roli „{role}”. Dostęp kończy: "
        "mlw auditor end.",
        "“{person}” audits this programme until {until}, and so cannot hold the role “{role}”. To end that: "
        "mlw auditor end.",
    ),
    "auditor_span": Text(
        "Dostęp audytora musi zaczynać się ({since}) najpóźniej w dniu, w którym się kończy ({until}), i trwać "
        "najwyżej {years} lat.",
        "An auditor's access must begin ({since}) no later than it ends ({until}), and last {years} years at most.",
    ),
    "auditor_unknown": Text(
        "Osoba „{person}” nie ma dostępu audytora do programu {programme}, który trwałby po tym dniu. Listę pokazuje: "
        "mlw auditor list.",
        "“{person}” has no access as an auditor to the programme {programme} that goes on after that day. To see all: "
        "mlw auditor list.",
    ),
    "repair_as_reader": Text(
        "Kto tylko czyta (--as), nie może niczego naprawiać. Proszę opuścić --as albo --repair.",
        "Whoever reads (--as) mends nothing. Leave out --as or --repair.",
    ),
}
