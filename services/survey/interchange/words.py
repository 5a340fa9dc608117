"""Answers that other tools have built in, in the languages that we can say them in."""

WORDS: dict[str, dict[str, str]] = {
    "yes": {"nl": "Ja", "en": "Yes", "de": "Ja", "fr": "Oui", "es": "Sí", "it": "Sì"},
    "no": {"nl": "Nee", "en": "No", "de": "Nein", "fr": "Non", "es": "No", "it": "No"},
    "uncertain": {"nl": "Weet niet", "en": "Uncertain", "de": "Unsicher", "fr": "Incertain", "es": "No estoy seguro",
                  "it": "Incerto"},
    "increase": {"nl": "Toename", "en": "Increase", "de": "Zunahme", "fr": "Augmenter", "es": "Aumentar",
                 "it": "Aumenta"},
    "same": {"nl": "Gelijk", "en": "Same", "de": "Gleich", "fr": "Sans changement", "es": "Igual", "it": "Uguale"},
    "decrease": {"nl": "Afname", "en": "Decrease", "de": "Abnahme", "fr": "Diminuer", "es": "Disminuir",
                 "it": "Diminuisce"},
    "female": {"nl": "Vrouw", "en": "Female", "de": "Weiblich", "fr": "Féminin", "es": "Femenino", "it": "Femmina"},
    "male": {"nl": "Man", "en": "Male", "de": "Männlich", "fr": "Masculin", "es": "Masculino", "it": "Maschio"},
    "other": {"nl": "Anders", "en": "Other", "de": "Sonstiges", "fr": "Autre", "es": "Otro", "it": "Altro"},
    "none": {"nl": "Geen van deze", "en": "None", "de": "Keine", "fr": "Aucun", "es": "Ninguno", "it": "Nessuno"},
    "dontKnow": {"nl": "Weet ik niet", "en": "Don't know", "de": "Weiß nicht", "fr": "Je ne sais pas", "es": "No lo sé",
                 "it": "Non so"},
    "refused": {"nl": "Zeg ik liever niet", "en": "Prefer not to say", "de": "Keine Angabe",
                "fr": "Je préfère ne pas répondre", "es": "Prefiero no decirlo", "it": "Preferisco non dirlo"},
    "comment": {"nl": "Toelichting", "en": "Comment", "de": "Kommentar", "fr": "Commentaire", "es": "Comentario",
                "it": "Commento"},
    "notApplicable": {"nl": "Niet van toepassing", "en": "Not applicable", "de": "Nicht zutreffend",
                      "fr": "Sans objet", "es": "No aplicable", "it": "Non applicabile"},
    "chooseMore": {"nl": "Kies er meer.", "en": "Choose more of them.", "de": "Wählen Sie mehr aus.",
                   "fr": "Choisissez-en plus.", "es": "Elija más.", "it": "Ne scelga di più."},
    "untitled": {"nl": "Zonder titel", "en": "Untitled", "de": "Ohne Titel", "fr": "Sans titre", "es": "Sin título",
                 "it": "Senza titolo"},
}  # fmt: skip


def words(name: str, languages: list[str]) -> dict[str, str]:
    """In English where there is no translation."""
    said = WORDS[name]
    return {language: said.get(language.partition("-")[0], said["en"]) for language in languages}
