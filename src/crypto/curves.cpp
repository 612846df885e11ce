#include "crypto/curves.hpp"

#include <openssl/objects.h>

#include <algorithm>

#include "base/check.hpp"
#include "crypto/any_key.hpp"

namespace chatelaine::crypto {

namespace {

std::optional<NamedCurve> curve_of_nid(int nid) {
    const ossl::EcGroup group(nid == NID_undef ? nullptr : EC_GROUP_new_by_curve_name(nid));
    if (group == nullptr) {
        ERR_clear_error();
        return std::nullopt;
    }
    NamedCurve curve;
    curve.name = OBJ_nid2sn(nid);
    curve.nid = nid;
    curve.field_bits = static_cast<std::size_t>(EC_GROUP_get_degree(group.get()));
    curve.order_bytes =
        static_cast<std::size_t>(BN_num_bytes(EC_GROUP_get0_order(group.get())));
    curve.cofactor = BN_get_word(EC_GROUP_get0_cofactor(group.get()));
    return curve;
}

}  // namespace

std::optional<NamedCurve> named_curve(std::string_view name) {
    constexpr std::size_t longest = 32;
    constexpr std::string_view families[] = {"secp", "sect", "prime", "c2", "brainpool"};
    const bool known = std::any_of(std::begin(families), std::end(families),
                                   [&](std::string_view start) { return name.starts_with(start); });
    if (!known || name.size() > longest) {
        return std::nullopt;
    }
    // SEC 2's names of two curves that X9.62 named first.
    const std::string asked(name == "secp192r1"   ? "prime192v1"
                            : name == "secp256r1" ? "prime256v1"
                                                  : name);
    return curve_of_nid(OBJ_sn2nid(asked.c_str()));
}

std::optional<NamedCurve> curve_of_oid(BytesView oid_content) {
    constexpr std::size_t short_form_max = 127;
    if (oid_content.empty() || oid_content.size() > short_form_max) {
        return std::nullopt;
    }
    Bytes der{0x06, static_cast<std::uint8_t>(oid_content.size())};
    der.insert(der.end(), oid_content.begin(), oid_content.end());
    const std::uint8_t* at = der.data();
    ASN1_OBJECT* const object = d2i_ASN1_OBJECT(nullptr, &at, static_cast<long>(der.size()));
    const int nid = object == nullptr ? NID_undef : OBJ_obj2nid(object);
    ASN1_OBJECT_free(object);
    ERR_clear_error();
    return nid == NID_undef ? std::nullopt : named_curve(OBJ_nid2sn(nid));
}

std::optional<Bytes> uncompressed_point(const NamedCurve& curve, BytesView point) {
    if (point.empty() || point[0] < POINT_CONVERSION_COMPRESSED ||
        point[0] > POINT_CONVERSION_UNCOMPRESSED) {
        return std::nullopt;
    }
    const ossl::EcGroup group(EC_GROUP_new_by_curve_name(curve.nid));
    const ossl::EcPoint read(group == nullptr ? nullptr : EC_POINT_new(group.get()));
    CH_CHECK(read != nullptr);
    Bytes octets(1 + 2 * curve.field_bytes());
    if (EC_POINT_oct2point(group.get(), read.get(), point.data(), point.size(), nullptr) != 1 ||
        EC_POINT_point2oct(group.get(), read.get(), POINT_CONVERSION_UNCOMPRESSED, octets.data(),
                           octets.size(), nullptr) != octets.size()) {
        ERR_clear_error();
        return std::nullopt;
    }
    return octets;
}

std::optional<Bytes> multiple_of_base(const NamedCurve& curve, const BIGNUM* d) {
    const ossl::EcGroup group(EC_GROUP_new_by_curve_name(curve.nid));
    const ossl::BnCtx scratch(BN_CTX_secure_new());
    CH_CHECK(group != nullptr && scratch != nullptr);
    if (BN_is_zero(d) || BN_cmp(d, EC_GROUP_get0_order(group.get())) >= 0) {
        return std::nullopt;
    }
    const ossl::EcPoint point(EC_POINT_new(group.get()));
    CH_CHECK(point != nullptr &&
             EC_POINT_mul(group.get(), point.get(), d, nullptr, nullptr, scratch.get()) == 1);
    Bytes octets(1 + 2 * curve.field_bytes());
    CH_CHECK(EC_POINT_point2oct(group.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED,
                                octets.data(), octets.size(), scratch.get()) == octets.size());
    return octets;
}

std::optional<std::size_t> curve_bits(std::string_view curve) {
    const auto known = named_curve(curve);
    return known ? std::optional<std::size_t>(known->field_bits) : std::nullopt;
}

}  // namespace chatelaine::crypto
