/* validate.c - the table of validators; the functions are in validate/, one file for a field. */
#include "rules/validate.h"

#include "rules/validate/digits.h"

const struct validator validators[] = {
    {"card", "issuer range, length and Luhn of every card brand", "ISO/IEC 7812-1", is_card},
    {"luhn", "Luhn check digit", "ISO/IEC 7812-1 annex B", is_luhn},
    {"us-ssn", "issued areas, groups and serials", "SSA POMS RM 10201.030", is_us_ssn},
    {"us-itin", "9xx with an ITIN group", "IRM 3.21.263", is_us_itin},
    {"us-npi", "Luhn with prefix 80840", "45 CFR 162.406", is_us_npi},
    {"us-dea", "registrant type and check digit", "21 CFR 1301", is_us_dea},
    {"us-mbi", "Medicare Beneficiary Identifier format", "CMS MBI format", is_us_mbi},
    {"us-aba", "Federal Reserve district and check digit", "ABA Routing Number Policy", is_us_aba},
    {"us-ein", "campus prefix in use", "IRS EIN prefixes", is_us_ein},
    {"us-phone", "NANP area code and exchange", "ATIS-0300055", is_us_phone},
    {"phone", "7 to 15 digits, not all the same", "ITU-T E.164", is_phone},
    {"vin", "check digit in the ninth place", "49 CFR 565.15", is_vin},
    {"imei", "fifteen digits, Luhn", "3GPP TS 23.003", is_imei},
    {"iban", "length by country and MOD 97-10", "ISO 13616", is_iban},
    {"bic", "country in the fifth and sixth place", "ISO 9362", is_bic},
    {"lei", "MOD 97-10", "ISO 17442", is_lei},
    {"ipv4", "four numbers from 0 to 255", "RFC 791", is_ipv4},
    {"ipv6", "eight groups, one gap", "RFC 4291", is_ipv6},
    {"mac", "six or eight octets", "IEEE 802", is_mac},
    {"date", "a day or month that exists, 1850 to 2150", "ISO 8601", is_date},
    {"bitcoin", "Base58Check or bech32 checksum", "BIP-173, BIP-350", is_bitcoin},
    {"uk-nhs", "modulus 11", "NHS Data Dictionary", is_uk_nhs},
    {"uk-chi", "birth date and modulus 11", "NHS Scotland CHI", is_uk_chi},
    {"uk-nino", "prefixes in use", "HMRC NIM39110", is_uk_nino},
    {"ie-ppsn", "modulus 23", "Irish DSP", is_ie_ppsn},
    {"au-tfn", "modulus 11", "Australian Taxation Office", is_au_tfn},
    {"au-medicare", "check digit in the ninth place", "Services Australia", is_au_medicare},
    {"au-abn", "modulus 89", "Australian Business Register", is_au_abn},
    {"nz-nhi", "modulus 11 or 23", "HISO 10046", is_nz_nhi},
    {"ca-sin", "Luhn", "ESDC Canada", is_ca_sin},
    {"in-aadhaar", "Verhoeff", "UIDAI", is_in_aadhaar},
    {"es-dni", "modulus 23", "Ministerio del Interior", is_es_dni},
    {"sg-nric", "modulus 11 by series", "ICA Singapore", is_sg_nric},
    {"za-id", "birth date and Luhn", "Home Affairs South Africa", is_za_id},
    {"de-steuer-id", "MOD 11,10", "Bundeszentralamt fuer Steuern", is_de_steuer_id},
    {"fr-nir", "key modulo 97", "INSEE", is_fr_nir},
    {"it-cf", "check letter", "D.M. 23/12/1976", is_it_cf},
    {"nl-bsn", "eleven test", "RvIG Netherlands", is_nl_bsn},
    {"br-cpf", "two check digits", "Receita Federal", is_br_cpf},
    {"pl-pesel", "birth date and check digit", "Ministerstwo Cyfryzacji", is_pl_pesel},
    {"se-personnummer", "birth date and Luhn", "Skatteverket", is_se_personnummer},
    {"be-rrn", "modulo 97", "Rijksregister", is_be_rrn},
    {"fi-hetu", "birth date and modulo 31", "DVV Finland", is_fi_hetu},
    {"no-fnr", "birth date and two check digits", "Skatteetaten", is_no_fnr},
    {"ch-ahv", "756 and EAN-13 check digit", "ZAS Switzerland", is_ch_ahv},
};
const size_t validator_count = COUNT_OF(validators);

const struct validator *validator_find(const char *name)
{
    for (size_t i = 0; i < validator_count; i++)
        if (strcmp(validators[i].name, name) == 0)
            return &validators[i];
    return NULL;
}
