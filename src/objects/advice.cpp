// Advice: from a use in words to a key. A table of uses, each with the words that mean it.
#include <algorithm>

#include "objects/catalogue.hpp"

namespace chatelaine::objects {
namespace {

using gate::Services;

constexpr std::size_t kWordsMax = 200;
/// The last year for which 112 bits of strength are approved (SP 800-57), and for which a draft
/// (IR 8547) lets RSA and elliptic curves be used.
constexpr int kLastYearOf112Bits = 2030, kLastYearOfClassical = 2035;

struct Use {
    std::string_view name;
    /// Stems with blanks between, without accents; one that is found counts its length.
    std::string_view stems;
    std::string_view type;
    std::uint32_t size;
    std::string_view curve, algorithm, operations;
    std::uint32_t rotation_days;
    std::string_view how, why, why_fr;
};

constexpr std::string_view kEnvelope =
    "POST …/datakey for each file, encrypt with it on your side, keep the wrapped key with the "
    "file; the command line does this: chatelaine encrypt FILE";

constexpr Use kUses[] = {
    {"file-encryption", "file fichier document archiv folder dossier bucket objet object s3 "
     "photo video",
     "oct", 256, "", "A256GCM", "wrapKey unwrapKey", 365, kEnvelope,
     "files are encrypted under data keys that this key wraps: no size limit, and one call a file",
     "les fichiers sont chiffrés par des clés de données que cette clé enveloppe : aucune limite "
     "de taille, un appel par fichier"},
    {"backup", "backup sauvegard restic borg tape bande snapshot instantane", "oct", 256, "",
     "A256GCM", "wrapKey unwrapKey", 365, kEnvelope,
     "a backup is as good as its key is old: keep every version for as long as the backups live",
     "une sauvegarde vit aussi longtemps que sa clé : gardez chaque version tant que les "
     "sauvegardes existent"},
    {"database-kmip",
     "database databas oracle mysql mariadb mongodb postgres sql tde kmip base donnees disk disque "
     "volume luks vsphere vm virtuell vsan netapp storage stockage",
     "oct", 256, "", "AES-256", "encrypt decrypt", 365,
     "KMIP: the product makes and fetches its own master key over mutual TLS; allow it Create, "
     "Get, Locate and Activate",
     "databases and disk encryption fetch an AES-256 master key over KMIP and wrap their own keys "
     "with it; rotate in the product, which re-wraps",
     "les bases de données et les disques chiffrés prennent une clé maîtresse AES-256 par KMIP et "
     "enveloppent leurs propres clés ; la rotation se fait dans le produit"},
    {"field-encryption",
     "field champ column colonne iban card carte token secret password mot passe personal "
     "personnel rgpd gdpr record message small kubernetes etcd cookie session",
     "oct", 256, "", "A256GCM", "encrypt decrypt", 90,
     "POST …/encrypt and …/decrypt, up to 4096 bytes, with the row's id as context; many at once "
     "in one batch",
     "small values are encrypted in the service, so that the key never leaves; a context binds "
     "each ciphertext to its place",
     "les petites valeurs sont chiffrées dans le service, la clé n'en sort jamais ; un contexte "
     "lie chaque chiffré à sa place"},
    {"jwt", "jwt jws jose token jeton openid oidc oauth login connexion browser navigateur api web",
     "EC", 0, "P-256", "ES256", "sign verify", 90, "POST …/sign?format=jwt",
     "every browser and JOSE library verifies ES256; signatures are 64 bytes and quick to make",
     "tous les navigateurs et bibliothèques JOSE vérifient ES256 ; la signature fait 64 octets et "
     "se calcule vite"},
    {"legacy-signature", "rsa legacy ancien old vieux saml java smartcard puce hsm xml", "RSA",
    3072,
     "", "PS256", "sign verify", 730, "POST …/sign with alg PS256, or RS256 where PSS is not known",
     "for verifiers that know RSA alone: 3072 bits stand beyond 2030, 2048 do not",
     "pour les vérificateurs qui ne connaissent que RSA : 3072 bits valent au-delà de 2030, pas "
     "2048"},
    {"code-signing",
     "code firmware micrologiciel release logiciel software container conteneur image sigstore "
     "cosign git commit package paquet boot demarrage apk",
     "EC", 0, "P-384", "ES384", "sign verify", 1095,
     "hash on your side, POST …/sign with isdigest",
     "signatures of software are verified for years: 192 bits of strength, and a digest is all "
     "that is sent",
     "les signatures de logiciels se vérifient pendant des années : 192 bits de sécurité, et seule "
     "l'empreinte est envoyée"},
    {"document-signature",
     "pdf contract contrat invoice facture seal cachet eidas horodat timestamp legal probant "
     "sign signer signature certificat certificate ca tls x509",
     "EC", 0, "P-384", "ES384", "sign verify", 1095, "POST …/sign with isdigest",
     "what must be proved later wants more strength than the term alone: P-384",
     "ce qui doit être prouvé plus tard demande plus de marge que la durée seule : P-384"},
    {"bring-or-take-keys", "byok import importer export exporter wrap envelopp transport migrat "
     "hyok",
     "RSA", 4096, "", "RSA-OAEP-256", "wrapKey unwrapKey", 365,
     "wrapped import and export: wrappedKeys, or GET …?wrappingKeyId=…",
     "keys travel under RSA-OAEP with SHA-256; 4096 bits, since what travels may live long",
     "les clés voyagent sous RSA-OAEP avec SHA-256 ; 4096 bits, car ce qui voyage peut vivre "
     "longtemps"},
};

/// Lower case, and the accents of French letters off; what is no letter or digit is a blank.
std::string plain(std::string_view words) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const auto byte = static_cast<unsigned char>(words[i]);
        if (byte == 0xc3 && i + 1 < words.size()) {
            const auto low = static_cast<unsigned char>(words[++i]) | 0x20u;  // both cases
            text.push_back(low <= 0xa5 || low == 0xa6 ? 'a'
                           : low == 0xa7              ? 'c'
                           : low <= 0xab              ? 'e'
                           : low <= 0xaf              ? 'i'
                           : low <= 0xb6              ? 'o'
                           : low <= 0xbc              ? 'u'
                                                      : ' ');
        } else if (byte >= 'A' && byte <= 'Z') {
            text.push_back(static_cast<char>(byte - 'A' + 'a'));
        } else if ((byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9')) {
            text.push_back(static_cast<char>(byte));
        } else {
            text.push_back(' ');
        }
    }
    return text;
}

std::vector<std::string_view> split(std::string_view text) {
    std::vector<std::string_view> words;
    while (!text.empty()) {
        const std::size_t begin = text.find_first_not_of(' ');
        if (begin == std::string_view::npos) {
            break;
        }
        text.remove_prefix(begin);
        const std::size_t end = std::min(text.find(' '), text.size());
        words.push_back(text.substr(0, end));
        text.remove_prefix(end);
    }
    return words;
}

/// How well a use is meant: the lengths of the stems that some word begins with. Short stems must
/// be the whole word, or its plural.
std::size_t score(const Use& use, const std::vector<std::string_view>& words) {
    std::size_t sum = 0;
    for (const std::string_view stem : split(use.stems)) {
        const bool found = std::any_of(words.begin(), words.end(), [&](std::string_view word) {
            const bool whole = word.size() <= stem.size() + 1;
            return word.starts_with(stem) && (stem.size() > 3 || whole);
        });
        sum += found ? stem.size() : 0;
    }
    return sum;
}

/// The years of "for 10 years", "pendant 15 ans"; 0 when none are named.
int years_of(const std::vector<std::string_view>& words) {
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
        const bool digits = words[i].size() <= 3 &&
                            std::all_of(words[i].begin(), words[i].end(),
                                        [](char c) { return c >= '0' && c <= '9'; });
        const std::string_view unit = words[i + 1];
        if (digits && (unit.starts_with("year") || unit == "an" || unit == "ans" ||
                       unit.starts_with("annee"))) {
            int years = 0;
            for (const char digit : words[i]) {
                years = years * 10 + (digit - '0');
            }
            return years;
        }
    }
    return 0;
}

void add_rotation(Advice& advice) {
    const std::string days = std::to_string(advice.rotation_days);
    advice.why += "; rotate every " + days + " days (SP 800-57, section 5.3.6: one to three "
                  "years " +
                  "at most, sooner where a new version costs nothing)";
    advice.why_fr += " ; rotation tous les " + days + " jours (SP 800-57, section 5.3.6 : un à " +
                     "trois ans au plus, plus tôt quand une version ne coûte rien)";
}

/// What the term adds: until when the key's kind is approved, and what no classical key outlives.
void add_term(Advice& advice, int years, int year) {
    if (years == 0) {
        return;
    }
    const int last = year + years;
    const std::string until = std::to_string(last);
    if (advice.type == "oct") {
        advice.why += "; until " + until + ": AES-256 keeps 128 bits also against quantum "
                      "computers";
        advice.why_fr += " ; jusqu'en " + until +
                         " : AES-256 garde 128 bits même face aux ordinateurs quantiques";
        return;
    }
    if (last > kLastYearOf112Bits) {
        advice.why += "; until " + until + ": 112 bits (RSA 2048) end with 2030";
        advice.why_fr += " ; jusqu'en " + until + " : 112 bits (RSA 2048) s'arrêtent fin 2030";
    }
    if (last > kLastYearOfClassical) {
        advice.why += "; NIST's draft IR 8547 ends RSA and elliptic curves with 2035: plan to sign "
                      "again with a post-quantum key";
        advice.why_fr += " ; le projet NIST IR 8547 arrête RSA et les courbes elliptiques fin "
                         "2035 : prévoyez de signer à nouveau avec une clé post-quantique";
    }
}

Error not_understood() {
    std::string message = "say what the key is for, as in \"encrypt files for 10 years\"; "
                          "understood:";
    for (const Use& use : kUses) {
        message.append(" ").append(use.name);
    }
    return Error::invalid("objects.advice", "use", std::move(message));
}

}  // namespace

Result<Advice> advise(std::string_view words, int year) {
    const std::string text = plain(words.substr(0, kWordsMax));
    const auto given = split(text);
    const Use* best = nullptr;
    std::size_t best_score = 0;
    for (const Use& use : kUses) {
        const bool named = words == use.name;
        const std::size_t found = named ? kWordsMax * kWordsMax : score(use, given);
        if (found > best_score) {
            best = &use;
            best_score = found;
        }
    }
    if (best == nullptr) {
        return not_understood();
    }
    Advice advice{best->name, best->type, best->size, best->curve, best->algorithm,
                  best->operations, best->rotation_days, best->how, std::string(best->why),
                  std::string(best->why_fr)};
    add_rotation(advice);
    add_term(advice, years_of(given), year);
    return advice;
}

Result<gate::Outcome<GetAdvice>> run(const gate::Authorised<GetAdvice>& authorised,
                                     Services& services) {
    const std::string today = format_rfc3339(services.now);
    int year = 0;
    for (const char digit : today.substr(0, 4)) {
        year = year * 10 + (digit - '0');
    }
    gate::Outcome<GetAdvice> outcome;
    CH_TRY(outcome.reply, advise(authorised.command().use, year));
    return outcome;
}

}  // namespace chatelaine::objects
