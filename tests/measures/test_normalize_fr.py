"""The specification of the French normaliser: input → expected."""

import pytest

from biasbench.measures.normalize.fr import normalize

CASES = {
    "forme": [
        ("Bonjour,   MADAME !", "bonjour madame"),
        ("« Oui… » dit-il", "oui dit il"),
        ("peut-être, rendez-vous", "peut être rendez vous"),
        ("cœur, coeur, ex æquo", "coeur coeur ex aequo"),
        ("connaître, connaitre, août", "connaitre connaitre aout"),
        ("à la, a là", "à la a là"),
        ("oui [rires] <bruit> d'accord", "oui d' accord"),
    ],
    "apostrophes": [
        ("l'accueil, l’accueil", "l' accueil l' accueil"),
        ("l' accueil", "l' accueil"),
        ("aujourd'hui quelqu’un", "aujourd'hui quelqu'un"),
        ("qu'il s'est dit c'était", "qu' il s' est dit c' était"),
        ("j'sais pas", "j'sais pas"),
        ("t'façon y'a", "t'façon y'a"),
        ("j'ai jusqu'à lundi", "j' ai jusqu' à lundi"),
        ("'cité'", "cité"),
    ],
    "nombres": [
        ("vingt-deux", "22"),
        ("vingt et un, vingt-et-un", "2121"),
        ("soixante-douze ou septante-deux", "72 ou 72"),
        ("quatre-vingt-dix-neuf ou nonante-neuf", "99 ou 99"),
        ("huitante ou quatre-vingts", "80 ou 80"),
        ("mille neuf cent quatre-vingt-dix", "1990"),
        ("dix-neuf cent quatre-vingts", "1980"),
        ("deux mille vingt-quatre", "2024"),
        ("deux millions cinq cent mille", "2500000"),
        ("2 millions 500 mille", "2500000"),
        ("2,5 millions", "2500000"),
        ("10 000 ou 10.000", "10000 ou 10000"),
        ("trois virgule quatorze, 3.14", "3,14 3,14"),
        ("zéro six douze trente-quatre", "061234"),
        ("06 12 34", "061234"),
        ("un homme, une femme", "un homme une femme"),
        ("1 homme, 1 facture", "un homme une facture"),
        ("l'un des deux", "l' un des 2"),
        ("-5 degrés", "moins 5 degrés"),
    ],
    "ordinaux": [
        ("1er, premier", "premier premier"),
        ("1re, 1ère, première", "première première première"),
        ("2e, 2ème, deuxième", "2ème 2ème 2ème"),
        ("le vingt et unième, le 21e", "le 21ème le 21ème"),
        ("second, 2nd", "second second"),
    ],
    "argent et signes": [
        ("22,50 €", "22 euros 50"),
        ("22 € 50", "22 euros 50"),
        ("vingt-deux euros cinquante", "22 euros 50"),
        ("vingt-deux euros et cinquante centimes", "22 euros 50"),
        ("1 €, un euro", "un euro un euro"),
        ("0,50 €, cinquante centimes", "50 centimes 50 centimes"),
        ("1 200 €", "1200 euros"),
        ("5 millions d'euros", "5000000 d' euros"),
        ("5 %, cinq pour cent, 5 pourcent", "5 pourcent 5 pourcent 5 pourcent"),
        ("cent pour cent", "100 pourcent"),
        ("pour cent euros", "pour 100 euros"),
        ("0,5 %", "0,5 pourcent"),
        ("n° 5, numéro cinq", "numéro 5 numéro 5"),
    ],
    "heures": [
        ("10h30 ou 10 h 30", "10 heures 30 ou 10 heures 30"),
        ("dix heures trente", "10 heures 30"),
        ("10:30", "10 heures 30"),
        ("10h05 ou dix heures cinq", "10 heures 5 ou 10 heures 5"),
        ("10h", "10 heures"),
        ("dix heures et demie", "10 heures 30"),
        ("dix heures et quart", "10 heures 15"),
        ("1h30, une heure trente", "une heure 30 une heure 30"),
    ],
    "mots": [
        ("euh, oui, hum, heu", "oui"),
        ("ben bah hein ah oh", "ben bah hein ah oh"),
        ("M. Dupont, Mme Durand, Dr No", "monsieur dupont madame durand docteur no"),
        ("S.N.C.F., SNCF", "sncf sncf"),
        ("week-end, weekend, e-mail, email", "week end week end e mail e mail"),
        ("okay, OK", "ok ok"),
    ],
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [pytest.param(*case, id=case[0]) for rows in CASES.values() for case in rows],
)
def test_french(text, expected):
    assert normalize(text) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("L’accueil ouvre à 10h30.", "l'accueil ouvre à dix heures trente"),
        ("Le 1er coûte 22,50 €", "le premier coûte vingt-deux euros cinquante"),
        ("75 % en 1998", "soixante-quinze pour cent en mille neuf cent nonante-huit"),
        ("Appelez le 01 44 55.", "appelez le zéro un quarante-quatre cinquante-cinq"),
    ],
)
def test_what_sounds_alike_is_written_alike(one, other):
    assert normalize(one) == normalize(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("j'sais", "je sais"),
        ("un ami", "une amie"),
        ("la", "là"),
        ("soixante-dix", "soixante-treize"),
        ("le client", "les clients"),
    ],
)
def test_what_is_written_different_stays_different(one, other):
    assert normalize(one) != normalize(other)
