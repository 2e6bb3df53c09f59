/* digits.h - what the validators share: the significant characters of an identifier, and weighted sums. */
#ifndef ALCOVE_RULES_VALIDATE_DIGITS_H
#define ALCOVE_RULES_VALIDATE_DIGITS_H

#include "base/contract.h"
#include "base/slice.h"

#define IDENTIFIER_BYTES_MAX 64u

/* Digits only, as numbers 0 to 9. */
struct digits {
    size_t count;
    unsigned char d[IDENTIFIER_BYTES_MAX];
};
struct digits digits_of(struct slice text); /* count 0 when there are too many */

/* Letters in upper case and digits only, NUL at the end. */
struct characters {
    size_t count;
    char c[IDENTIFIER_BYTES_MAX + 1];
};
struct characters characters_of(struct slice text); /* count 0 when there are too many */

/* Sum of d[i] * weights[i] over the first `count` digits. */
unsigned weighted(const struct digits *digits, const unsigned char *weights, size_t count);

/* The number in digits [from, from + count), count at most 9. */
unsigned number_at(const struct digits *digits, size_t from, size_t count);

/* ISO/IEC 7812-1 annex B: the sum with every second digit from the right doubled is a multiple of ten. */
bool luhn_holds(const struct digits *digits);

/* ISO/IEC 7064 MOD 11,10: the last digit checks the others. */
bool mod11_10_holds(const struct digits *digits);

/* ISO/IEC 7064 MOD 97-10 over letters (A = 10) and digits: the remainder. */
unsigned mod97(const char *characters, size_t count);

/* ISO 3166-1 alpha-2, in force (and XK). */
bool is_country(const char code[2]);

/* A day that the month has; the year 0 = not known (then 29 February is one). */
bool is_day(unsigned year, unsigned month, unsigned day);

/* One row of the table for each function of the folder. */
/* clang-format off */
#define VALIDATORS(X)                                                                                        \
    X(card) X(luhn) X(us_ssn) X(us_itin) X(us_npi) X(us_dea) X(us_mbi) X(us_aba) X(us_ein) X(us_phone)      \
    X(phone) X(vin) X(imei) X(iban) X(bic) X(lei) X(ipv4) X(ipv6) X(mac) X(date) X(bitcoin) X(uk_nhs)       \
    X(uk_chi) X(uk_nino) X(ie_ppsn) X(au_tfn) X(au_medicare) X(au_abn) X(nz_nhi) X(ca_sin) X(in_aadhaar)    \
    X(es_dni) X(sg_nric) X(za_id) X(de_steuer_id) X(fr_nir) X(it_cf) X(nl_bsn) X(br_cpf) X(pl_pesel)        \
    X(se_personnummer) X(be_rrn) X(fi_hetu) X(no_fnr) X(ch_ahv) X(cusip) X(isin) X(sedol) X(track) X(uk_utr)  \
    X(uk_vat) X(uk_driver) X(uk_upn) X(uk_uln) X(github_token) X(jwt) X(random) X(pt_nif) X(dk_cpr)         \
    X(at_svnr) X(cz_rc) X(ro_cnp) X(bg_egn) X(hr_oib) X(ee_isikukood) X(lv_pk) X(si_emso) X(gr_amka)        \
    X(gr_afm) X(hu_taj) X(hu_tax) X(de_rvnr) X(icao_number) X(pl_dowod) X(eu_vat) X(it_piva) X(pl_nip)      \
    X(fr_siren)
/* clang-format on */
#define DECLARE(name) bool is_##name(struct slice text);
VALIDATORS(DECLARE)
#undef DECLARE

#endif
