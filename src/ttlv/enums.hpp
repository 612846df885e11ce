#pragma once

#include <cstdint>

/// The enumerations and masks of KMIP 1.0 to 2.1 (2.1 sections 11 and 12), with those values that
/// 2.x reserved and 1.x still uses. An enumerator is the value's text without underscores. The wire
/// may carry other numbers (extensions 0x8xxxxxxx, newer versions): what was read is a number until
/// enumeration_has() says that it is one of these.

namespace chatelaine::ttlv {

/// The number of an enumerator, as the wire has it.
template <class Enumeration>
constexpr std::uint32_t number(Enumeration value) {
    return static_cast<std::uint32_t>(value);
}

enum class Operation : std::uint32_t {
    kCreate = 1, kCreateKeyPair = 2, kRegister = 3, kReKey = 4, kDeriveKey = 5, kCertify = 6,
    kReCertify = 7, kLocate = 8, kCheck = 9, kGet = 10, kGetAttributes = 11, kGetAttributeList = 12,
    kAddAttribute = 13, kModifyAttribute = 14, kDeleteAttribute = 15, kObtainLease = 16,
    kGetUsageAllocation = 17, kActivate = 18, kRevoke = 19, kDestroy = 20, kArchive = 21,
    kRecover = 22, kValidate = 23, kQuery = 24, kCancel = 25, kPoll = 26, kNotify = 27, kPut = 28,
    kReKeyKeyPair = 29, kDiscoverVersions = 30, kEncrypt = 31, kDecrypt = 32, kSign = 33,
    kSignatureVerify = 34, kMAC = 35, kMACVerify = 36, kRNGRetrieve = 37, kRNGSeed = 38, kHash = 39,
    kCreateSplitKey = 40, kJoinSplitKey = 41, kImport = 42, kExport = 43, kLog = 44, kLogin = 45,
    kLogout = 46, kDelegatedLogin = 47, kAdjustAttribute = 48, kSetAttribute = 49,
    kSetEndpointRole = 50, kPKCS11 = 51, kInterop = 52, kReProvision = 53, kSetDefaults = 54,
    kSetConstraints = 55, kGetConstraints = 56, kQueryAsynchronousRequests = 57, kProcess = 58,
    kPing = 59
};

enum class ObjectType : std::uint32_t {
    kCertificate = 1, kSymmetricKey = 2, kPublicKey = 3, kPrivateKey = 4, kSplitKey = 5,
    kTemplate = 6, kSecretData = 7, kOpaqueObject = 8, kPGPKey = 9, kCertificateRequest = 10
};

enum class ResultStatus : std::uint32_t {
    kSuccess = 0, kOperationFailed = 1, kOperationPending = 2, kOperationUndone = 3
};

enum class ResultReason : std::uint32_t {
    kItemNotFound = 1, kResponseTooLarge = 2, kAuthenticationNotSuccessful = 3, kInvalidMessage = 4,
    kOperationNotSupported = 5, kMissingData = 6, kInvalidField = 7, kFeatureNotSupported = 8,
    kOperationCanceledByRequester = 9, kCryptographicFailure = 10, kIllegalOperation = 11,
    kPermissionDenied = 12, kObjectArchived = 13, kIndexOutOfBounds = 14,
    kApplicationNamespaceNotSupported = 15, kKeyFormatTypeNotSupported = 16,
    kKeyCompressionTypeNotSupported = 17, kEncodingOptionError = 18, kKeyValueNotPresent = 19,
    kAttestationRequired = 20, kAttestationFailed = 21, kSensitive = 22, kNotExtractable = 23,
    kObjectAlreadyExists = 24, kInvalidTicket = 25, kUsageLimitExceeded = 26, kNumericRange = 27,
    kInvalidDataType = 28, kReadOnlyAttribute = 29, kMultiValuedAttribute = 30,
    kUnsupportedAttribute = 31, kAttributeInstanceNotFound = 32, kAttributeNotFound = 33,
    kAttributeReadOnly = 34, kAttributeSingleValued = 35, kBadCryptographicParameters = 36,
    kBadPassword = 37, kCodecError = 38, kIllegalObjectType = 40,
    kIncompatibleCryptographicUsageMask = 41, kInternalServerError = 42,
    kInvalidAsynchronousCorrelationValue = 43, kInvalidAttribute = 44, kInvalidAttributeValue = 45,
    kInvalidCorrelationValue = 46, kInvalidCSR = 47, kInvalidObjectType = 48,
    kKeyWrapTypeNotSupported = 50, kMissingInitializationVector = 52, kNonUniqueNameAttribute = 53,
    kObjectDestroyed = 54, kObjectNotFound = 55, kNotAuthorised = 57, kServerLimitExceeded = 58,
    kUnknownEnumeration = 59, kUnknownMessageExtension = 60, kUnknownTag = 61,
    kUnsupportedCryptographicParameters = 62, kUnsupportedProtocolVersion = 63,
    kWrappingObjectArchived = 64, kWrappingObjectDestroyed = 65, kWrappingObjectNotFound = 66,
    kWrongKeyLifecycleState = 67, kProtectionStorageUnavailable = 68, kPKCS11CodecError = 69,
    kPKCS11InvalidFunction = 70, kPKCS11InvalidInterface = 71,
    kPrivateProtectionStorageUnavailable = 72, kPublicProtectionStorageUnavailable = 73,
    kUnknownObjectGroup = 74, kConstraintViolation = 75, kDuplicateProcessRequest = 76,
    kGeneralFailure = 0x100
};

enum class AdjustmentType : std::uint32_t { kIncrement = 1, kDecrement = 2, kNegate = 3 };

enum class AlternativeNameType : std::uint32_t {
    kUninterpretedTextString = 1, kURI = 2, kObjectSerialNumber = 3, kEmailAddress = 4,
    kDNSName = 5, kX500DistinguishedName = 6, kIPAddress = 7
};

enum class AsynchronousIndicator : std::uint32_t { kMandatory = 1, kOptional = 2, kProhibited = 3 };

enum class AttestationType : std::uint32_t {
    kTPMQuote = 1, kTCGIntegrityReport = 2, kSAMLAssertion = 3
};

enum class BatchErrorContinuationOption : std::uint32_t { kContinue = 1, kStop = 2, kUndo = 3 };

enum class BlockCipherMode : std::uint32_t {
    kCBC = 1, kECB = 2, kPCBC = 3, kCFB = 4, kOFB = 5, kCTR = 6, kCMAC = 7, kCCM = 8, kGCM = 9,
    kCBCMAC = 10, kXTS = 11, kAESKeyWrapPadding = 12, kNISTKeyWrap = 13, kX9102AESKW = 14,
    kX9102TDKW = 15, kX9102AKW1 = 16, kX9102AKW2 = 17, kAEAD = 18
};

enum class CancellationResult : std::uint32_t {
    kCanceled = 1, kUnableToCancel = 2, kCompleted = 3, kFailed = 4, kUnavailable = 5
};

enum class CertificateRequestType : std::uint32_t { kCRMF = 1, kPKCS10 = 2, kPEM = 3, kPGP = 4 };

enum class CertificateType : std::uint32_t { kX509 = 1, kPGP = 2 };

enum class ClientRegistrationMethod : std::uint32_t {
    kUnspecified = 1, kServerPreGenerated = 2, kServerOnDemand = 3, kClientGenerated = 4,
    kClientRegistered = 5
};

enum class CredentialType : std::uint32_t {
    kUsernameAndPassword = 1, kDevice = 2, kAttestation = 3, kOneTimePassword = 4,
    kHashedPassword = 5, kTicket = 6
};

/// From 0x39 on: KMIP 3.0, as peers write them over 2.1 too.
enum class CryptographicAlgorithm : std::uint32_t {
    kDES = 1, kDES3 = 2, kAES = 3, kRSA = 4, kDSA = 5, kECDSA = 6, kHMACSHA1 = 7, kHMACSHA224 = 8,
    kHMACSHA256 = 9, kHMACSHA384 = 10, kHMACSHA512 = 11, kHMACMD5 = 12, kDH = 13, kECDH = 14,
    kECMQV = 15, kBlowfish = 16, kCamellia = 17, kCAST5 = 18, kIDEA = 19, kMARS = 20, kRC2 = 21,
    kRC4 = 22, kRC5 = 23, kSKIPJACK = 24, kTwofish = 25, kEC = 26, kOneTimePad = 27, kChaCha20 = 28,
    kPoly1305 = 29, kChaCha20Poly1305 = 30, kSHA3224 = 31, kSHA3256 = 32, kSHA3384 = 33,
    kSHA3512 = 34, kHMACSHA3224 = 35, kHMACSHA3256 = 36, kHMACSHA3384 = 37, kHMACSHA3512 = 38,
    kSHAKE128 = 39, kSHAKE256 = 40, kARIA = 41, kSEED = 42, kSM2 = 43, kSM3 = 44, kSM4 = 45,
    kGOSTR34102012 = 46, kGOSTR34112012 = 47, kGOSTR34132015 = 48, kGOST2814789 = 49, kXMSS = 50,
    kSPHINCS256 = 51, kMcEliece = 52, kMcEliece6960119 = 53, kMcEliece8192128 = 54, kEd25519 = 55,
    kEd448 = 56, kMLKEM512 = 57, kMLKEM768 = 58, kMLKEM1024 = 59, kMLDSA44 = 60, kMLDSA65 = 61,
    kMLDSA87 = 62, kSLHDSASHA2128s = 63, kSLHDSASHA2128f = 64, kSLHDSASHA2192s = 65,
    kSLHDSASHA2192f = 66, kSLHDSASHA2256s = 67, kSLHDSASHA2256f = 68, kSLHDSASHAKE128s = 69,
    kSLHDSASHAKE128f = 70, kSLHDSASHAKE192s = 71, kSLHDSASHAKE192f = 72, kSLHDSASHAKE256s = 73,
    kSLHDSASHAKE256f = 74
};

enum class DRBGAlgorithm : std::uint32_t {
    kUnspecified = 1, kDualEC = 2, kHash = 3, kHMAC = 4, kCTR = 5
};

enum class DataEnumeration : std::uint32_t {
    kDecrypt = 1, kEncrypt = 2, kHash = 3, kMACMACData = 4, kRNGRetrieve = 5,
    kSignSignatureData = 6, kSignatureVerify = 7
};

enum class DerivationMethod : std::uint32_t {
    kPBKDF2 = 1, kHASH = 2, kHMAC = 3, kENCRYPT = 4, kNIST800108C = 5, kNIST800108F = 6,
    kNIST800108DPI = 7, kAsymmetricKey = 8, kAWSSignatureVersion4 = 9, kHKDF = 10
};

enum class DestroyAction : std::uint32_t {
    kUnspecified = 1, kKeyMaterialDeleted = 2, kKeyMaterialShredded = 3, kMetaDataDeleted = 4,
    kMetaDataShredded = 5, kDeleted = 6, kShredded = 7
};

enum class DigitalSignatureAlgorithm : std::uint32_t {
    kMD2WithRSAEncryption = 1, kMD5WithRSAEncryption = 2, kSHA1WithRSAEncryption = 3,
    kSHA224WithRSAEncryption = 4, kSHA256WithRSAEncryption = 5, kSHA384WithRSAEncryption = 6,
    kSHA512WithRSAEncryption = 7, kRSASSAPSS = 8, kDSAWithSHA1 = 9, kDSAWithSHA224 = 10,
    kDSAWithSHA256 = 11, kECDSAWithSHA1 = 12, kECDSAWithSHA224 = 13, kECDSAWithSHA256 = 14,
    kECDSAWithSHA384 = 15, kECDSAWithSHA512 = 16, kSHA3256WithRSAEncryption = 17,
    kSHA3384WithRSAEncryption = 18, kSHA3512WithRSAEncryption = 19
};

enum class EncodingOption : std::uint32_t { kNoEncoding = 1, kTTLVEncoding = 2 };

enum class EndpointRole : std::uint32_t { kClient = 1, kServer = 2 };

enum class FIPS186Variation : std::uint32_t {
    kUnspecified = 1, kGPXOriginal = 2, kGPXChangeNotice = 3, kXOriginal = 4, kXChangeNotice = 5,
    kKOriginal = 6, kKChangeNotice = 7
};

enum class HashingAlgorithm : std::uint32_t {
    kMD2 = 1, kMD4 = 2, kMD5 = 3, kSHA1 = 4, kSHA224 = 5, kSHA256 = 6, kSHA384 = 7, kSHA512 = 8,
    kRIPEMD160 = 9, kTiger = 10, kWhirlpool = 11, kSHA512224 = 12, kSHA512256 = 13, kSHA3224 = 14,
    kSHA3256 = 15, kSHA3384 = 16, kSHA3512 = 17
};

enum class InteropFunction : std::uint32_t { kBegin = 1, kEnd = 2, kReset = 3 };

enum class KeyCompressionType : std::uint32_t {
    kECPublicKeyTypeUncompressed = 1, kECPublicKeyTypeX962CompressedPrime = 2,
    kECPublicKeyTypeX962CompressedChar2 = 3, kECPublicKeyTypeX962Hybrid = 4
};

enum class KeyFormatType : std::uint32_t {
    kRaw = 1, kOpaque = 2, kPKCS1 = 3, kPKCS8 = 4, kX509 = 5, kECPrivateKey = 6,
    kTransparentSymmetricKey = 7, kTransparentDSAPrivateKey = 8, kTransparentDSAPublicKey = 9,
    kTransparentRSAPrivateKey = 10, kTransparentRSAPublicKey = 11, kTransparentDHPrivateKey = 12,
    kTransparentDHPublicKey = 13, kTransparentECDSAPrivateKey = 14, kTransparentECDSAPublicKey = 15,
    kTransparentECDHPrivateKey = 16, kTransparentECDHPublicKey = 17,
    kTransparentECMQVPrivateKey = 18, kTransparentECMQVPublicKey = 19,
    kTransparentECPrivateKey = 20, kTransparentECPublicKey = 21, kPKCS12 = 22, kPKCS10 = 23
};

enum class KeyRoleType : std::uint32_t {
    kBDK = 1, kCVK = 2, kDEK = 3, kMKAC = 4, kMKSMC = 5, kMKSMI = 6, kMKDAC = 7, kMKDN = 8,
    kMKCP = 9, kMKOTH = 10, kKEK = 11, kMAC16609 = 12, kMAC97971 = 13, kMAC97972 = 14,
    kMAC97973 = 15, kMAC97974 = 16, kMAC97975 = 17, kZPK = 18, kPVKIBM = 19, kPVKPVV = 20,
    kPVKOTH = 21, kDUKPT = 22, kIV = 23, kTRKBK = 24
};

enum class KeyValueLocationType : std::uint32_t { kUninterpretedTextString = 1, kURI = 2 };

enum class KeyWrapType : std::uint32_t { kNotWrapped = 1, kAsRegistered = 2 };

enum class LinkType : std::uint32_t {
    kCertificateLink = 0x101, kPublicKeyLink = 0x102, kPrivateKeyLink = 0x103,
    kDerivationBaseObjectLink = 0x104, kDerivedKeyLink = 0x105, kReplacementObjectLink = 0x106,
    kReplacedObjectLink = 0x107, kParentLink = 0x108, kChildLink = 0x109, kPreviousLink = 0x10a,
    kNextLink = 0x10b, kPKCS12CertificateLink = 0x10c, kPKCS12PasswordLink = 0x10d,
    kWrappingKeyLink = 0x10e
};

enum class MaskGenerator : std::uint32_t { kMGF1 = 1 };

enum class NISTKeyType : std::uint32_t {
    kPrivateSignatureKey = 1, kPublicSignatureVerificationKey = 2, kSymmetricAuthenticationKey = 3,
    kPrivateAuthenticationKey = 4, kPublicAuthenticationKey = 5, kSymmetricDataEncryptionKey = 6,
    kSymmetricKeyWrappingKey = 7, kSymmetricRandomNumberGenerationKey = 8, kSymmetricMasterKey = 9,
    kPrivateKeyTransportKey = 10, kPublicKeyTransportKey = 11, kSymmetricKeyAgreementKey = 12,
    kPrivateStaticKeyAgreementKey = 13, kPublicStaticKeyAgreementKey = 14,
    kPrivateEphemeralKeyAgreementKey = 15, kPublicEphemeralKeyAgreementKey = 16,
    kSymmetricAuthorizationKey = 17, kPrivateAuthorizationKey = 18, kPublicAuthorizationKey = 19
};

enum class NameType : std::uint32_t { kUninterpretedTextString = 1, kURI = 2 };

enum class ObjectGroupMember : std::uint32_t { kGroupMemberFresh = 1, kGroupMemberDefault = 2 };

enum class PaddingMethod : std::uint32_t {
    kNone = 1, kOAEP = 2, kPKCS5 = 3, kSSL3 = 4, kZeros = 5, kANSIX923 = 6, kISO10126 = 7,
    kPKCS1V15 = 8, kX931 = 9, kPSS = 10
};

enum class ProcessingStage : std::uint32_t { kSubmitted = 1, kInProcess = 2, kCompleted = 3 };

enum class ProtectionLevel : std::uint32_t { kHigh = 1, kLow = 2 };

enum class PutFunction : std::uint32_t { kNew = 1, kReplace = 2 };

enum class QueryFunction : std::uint32_t {
    kQueryOperations = 1, kQueryObjects = 2, kQueryServerInformation = 3,
    kQueryApplicationNamespaces = 4, kQueryExtensionList = 5, kQueryExtensionMap = 6,
    kQueryAttestationTypes = 7, kQueryRNGs = 8, kQueryValidations = 9, kQueryProfiles = 10,
    kQueryCapabilities = 11, kQueryClientRegistrationMethods = 12, kQueryDefaultsInformation = 13,
    kQueryStorageProtectionMasks = 14
};

enum class RNGAlgorithm : std::uint32_t {
    kUnspecified = 1, kFIPS1862 = 2, kDRBG = 3, kNRBG = 4, kANSIX931 = 5, kANSIX962 = 6
};

enum class RNGMode : std::uint32_t {
    kUnspecified = 1, kSharedInstantiation = 2, kNonSharedInstantiation = 3
};

enum class RecommendedCurve : std::uint32_t {
    kP192 = 1, kK163 = 2, kB163 = 3, kP224 = 4, kK233 = 5, kB233 = 6, kP256 = 7, kK283 = 8,
    kB283 = 9, kP384 = 10, kK409 = 11, kB409 = 12, kP521 = 13, kK571 = 14, kB571 = 15,
    kSECP112R1 = 16, kSECP112R2 = 17, kSECP128R1 = 18, kSECP128R2 = 19, kSECP160K1 = 20,
    kSECP160R1 = 21, kSECP160R2 = 22, kSECP192K1 = 23, kSECP224K1 = 24, kSECP256K1 = 25,
    kSECT113R1 = 26, kSECT113R2 = 27, kSECT131R1 = 28, kSECT131R2 = 29, kSECT163R1 = 30,
    kSECT193R1 = 31, kSECT193R2 = 32, kSECT239K1 = 33, kANSIX9P192V2 = 34, kANSIX9P192V3 = 35,
    kANSIX9P239V1 = 36, kANSIX9P239V2 = 37, kANSIX9P239V3 = 38, kANSIX9C2PNB163V1 = 39,
    kANSIX9C2PNB163V2 = 40, kANSIX9C2PNB163V3 = 41, kANSIX9C2PNB176V1 = 42, kANSIX9C2TNB191V1 = 43,
    kANSIX9C2TNB191V2 = 44, kANSIX9C2TNB191V3 = 45, kANSIX9C2PNB208W1 = 46, kANSIX9C2TNB239V1 = 47,
    kANSIX9C2TNB239V2 = 48, kANSIX9C2TNB239V3 = 49, kANSIX9C2PNB272W1 = 50, kANSIX9C2PNB304W1 = 51,
    kANSIX9C2TNB359V1 = 52, kANSIX9C2PNB368W1 = 53, kANSIX9C2TNB431R1 = 54, kBRAINPOOLP160R1 = 55,
    kBRAINPOOLP160T1 = 56, kBRAINPOOLP192R1 = 57, kBRAINPOOLP192T1 = 58, kBRAINPOOLP224R1 = 59,
    kBRAINPOOLP224T1 = 60, kBRAINPOOLP256R1 = 61, kBRAINPOOLP256T1 = 62, kBRAINPOOLP320R1 = 63,
    kBRAINPOOLP320T1 = 64, kBRAINPOOLP384R1 = 65, kBRAINPOOLP384T1 = 66, kBRAINPOOLP512R1 = 67,
    kBRAINPOOLP512T1 = 68, kCURVE25519 = 69, kCURVE448 = 70
};

enum class RevocationReasonCode : std::uint32_t {
    kUnspecified = 1, kKeyCompromise = 2, kCACompromise = 3, kAffiliationChanged = 4,
    kSuperseded = 5, kCessationOfOperation = 6, kPrivilegeWithdrawn = 7
};

enum class RotateNameType : std::uint32_t { kUninterpretedTextString = 1, kURI = 2 };

enum class SecretDataType : std::uint32_t { kPassword = 1, kSeed = 2 };

enum class ShreddingAlgorithm : std::uint32_t {
    kUnspecified = 1, kCryptographic = 2, kUnsupported = 3
};

enum class SplitKeyMethod : std::uint32_t {
    kXOR = 1, kPolynomialSharingGF216 = 2, kPolynomialSharingPrimeField = 3,
    kPolynomialSharingGF28 = 4
};

enum class State : std::uint32_t {
    kPreActive = 1, kActive = 2, kDeactivated = 3, kCompromised = 4, kDestroyed = 5,
    kDestroyedCompromised = 6
};

enum class TicketType : std::uint32_t { kLogin = 1 };

enum class UniqueIdentifierEnumeration : std::uint32_t {
    kIDPlaceholder = 1, kCertify = 2, kCreate = 3, kCreateKeyPair = 4, kCreateKeyPairPrivateKey = 5,
    kCreateKeyPairPublicKey = 6, kCreateSplitKey = 7, kDeriveKey = 8, kImport = 9,
    kJoinSplitKey = 10, kLocate = 11, kRegister = 12, kReKey = 13, kReCertify = 14,
    kReKeyKeyPair = 15, kReKeyKeyPairPrivateKey = 16, kReKeyKeyPairPublicKey = 17
};

enum class UnwrapMode : std::uint32_t { kUnspecified = 1, kProcessed = 2, kNotProcessed = 3 };

enum class UsageLimitsUnit : std::uint32_t { kByte = 1, kObject = 2 };

enum class ValidationAuthorityType : std::uint32_t {
    kUnspecified = 1, kNISTCMVP = 2, kCommonCriteria = 3
};

enum class ValidationType : std::uint32_t {
    kUnspecified = 1, kHardware = 2, kSoftware = 3, kFirmware = 4, kHybrid = 5
};

enum class ValidityIndicator : std::uint32_t { kValid = 1, kInvalid = 2, kUnknown = 3 };

enum class WrappingMethod : std::uint32_t {
    kEncrypt = 1, kMACSign = 2, kEncryptThenMACSign = 3, kMACSignThenEncrypt = 4, kTR31 = 5
};

/// Those with a version: KMIP 1.3 and 1.4; the others: from 2.0 on.
enum class ProfileName : std::uint32_t {
    kBaselineServerBasicKMIPV12 = 1, kBaselineServerTLSV12KMIPV12 = 2,
    kBaselineClientBasicKMIPV12 = 3, kBaselineClientTLSV12KMIPV12 = 4,
    kCompleteServerBasicKMIPV12 = 5, kCompleteServerTLSV12KMIPV12 = 6,
    kTapeLibraryClientKMIPV10 = 7, kTapeLibraryClientKMIPV11 = 8, kTapeLibraryClientKMIPV12 = 9,
    kTapeLibraryServerKMIPV10 = 10, kTapeLibraryServerKMIPV11 = 11, kTapeLibraryServerKMIPV12 = 12,
    kSymmetricKeyLifecycleClientKMIPV10 = 13, kSymmetricKeyLifecycleClientKMIPV11 = 14,
    kSymmetricKeyLifecycleClientKMIPV12 = 15, kSymmetricKeyLifecycleServerKMIPV10 = 16,
    kSymmetricKeyLifecycleServerKMIPV11 = 17, kSymmetricKeyLifecycleServerKMIPV12 = 18,
    kAsymmetricKeyLifecycleClientKMIPV10 = 19, kAsymmetricKeyLifecycleClientKMIPV11 = 20,
    kAsymmetricKeyLifecycleClientKMIPV12 = 21, kAsymmetricKeyLifecycleServerKMIPV10 = 22,
    kAsymmetricKeyLifecycleServerKMIPV11 = 23, kAsymmetricKeyLifecycleServerKMIPV12 = 24,
    kBasicCryptographicClientKMIPV12 = 25, kBasicCryptographicServerKMIPV12 = 26,
    kAdvancedCryptographicClientKMIPV12 = 27, kAdvancedCryptographicServerKMIPV12 = 28,
    kRNGCryptographicClientKMIPV12 = 29, kRNGCryptographicServerKMIPV12 = 30,
    kBasicSymmetricKeyFoundryClientKMIPV10 = 31, kIntermediateSymmetricKeyFoundryClientKMIPV10 = 32,
    kAdvancedSymmetricKeyFoundryClientKMIPV10 = 33, kBasicSymmetricKeyFoundryClientKMIPV11 = 34,
    kIntermediateSymmetricKeyFoundryClientKMIPV11 = 35,
    kAdvancedSymmetricKeyFoundryClientKMIPV11 = 36, kBasicSymmetricKeyFoundryClientKMIPV12 = 37,
    kIntermediateSymmetricKeyFoundryClientKMIPV12 = 38,
    kAdvancedSymmetricKeyFoundryClientKMIPV12 = 39, kSymmetricKeyFoundryServerKMIPV10 = 40,
    kSymmetricKeyFoundryServerKMIPV11 = 41, kSymmetricKeyFoundryServerKMIPV12 = 42,
    kOpaqueManagedObjectStoreClientKMIPV10 = 43, kOpaqueManagedObjectStoreClientKMIPV11 = 44,
    kOpaqueManagedObjectStoreClientKMIPV12 = 45, kOpaqueManagedObjectStoreServerKMIPV10 = 46,
    kOpaqueManagedObjectStoreServerKMIPV11 = 47, kOpaqueManagedObjectStoreServerKMIPV12 = 48,
    kSuiteBMinLOS128ClientKMIPV10 = 49, kSuiteBMinLOS128ClientKMIPV11 = 50,
    kSuiteBMinLOS128ClientKMIPV12 = 51, kSuiteBMinLOS128ServerKMIPV10 = 52,
    kSuiteBMinLOS128ServerKMIPV11 = 53, kSuiteBMinLOS128ServerKMIPV12 = 54,
    kSuiteBMinLOS192ClientKMIPV10 = 55, kSuiteBMinLOS192ClientKMIPV11 = 56,
    kSuiteBMinLOS192ClientKMIPV12 = 57, kSuiteBMinLOS192ServerKMIPV10 = 58,
    kSuiteBMinLOS192ServerKMIPV11 = 59, kSuiteBMinLOS192ServerKMIPV12 = 60,
    kStorageArrayWithSelfEncryptingDriveClientKMIPV10 = 61,
    kStorageArrayWithSelfEncryptingDriveClientKMIPV11 = 62,
    kStorageArrayWithSelfEncryptingDriveClientKMIPV12 = 63,
    kStorageArrayWithSelfEncryptingDriveServerKMIPV10 = 64,
    kStorageArrayWithSelfEncryptingDriveServerKMIPV11 = 65,
    kStorageArrayWithSelfEncryptingDriveServerKMIPV12 = 66, kHTTPSClientKMIPV10 = 67,
    kHTTPSClientKMIPV11 = 68, kHTTPSClientKMIPV12 = 69, kHTTPSServerKMIPV10 = 70,
    kHTTPSServerKMIPV11 = 71, kHTTPSServerKMIPV12 = 72, kJSONClientKMIPV10 = 73,
    kJSONClientKMIPV11 = 74, kJSONClientKMIPV12 = 75, kJSONServerKMIPV10 = 76,
    kJSONServerKMIPV11 = 77, kJSONServerKMIPV12 = 78, kXMLClientKMIPV10 = 79,
    kXMLClientKMIPV11 = 80, kXMLClientKMIPV12 = 81, kXMLServerKMIPV10 = 82, kXMLServerKMIPV11 = 83,
    kXMLServerKMIPV12 = 84, kBaselineServerBasicKMIPV13 = 85, kBaselineServerTLSV12KMIPV13 = 86,
    kBaselineClientBasicKMIPV13 = 87, kBaselineClientTLSV12KMIPV13 = 88,
    kCompleteServerBasicKMIPV13 = 89, kCompleteServerTLSV12KMIPV13 = 90,
    kTapeLibraryClientKMIPV13 = 91, kTapeLibraryServerKMIPV13 = 92,
    kSymmetricKeyLifecycleClientKMIPV13 = 93, kSymmetricKeyLifecycleServerKMIPV13 = 94,
    kAsymmetricKeyLifecycleClientKMIPV13 = 95, kAsymmetricKeyLifecycleServerKMIPV13 = 96,
    kBasicCryptographicClientKMIPV13 = 97, kBasicCryptographicServerKMIPV13 = 98,
    kAdvancedCryptographicClientKMIPV13 = 99, kAdvancedCryptographicServerKMIPV13 = 100,
    kRNGCryptographicClientKMIPV13 = 101, kRNGCryptographicServerKMIPV13 = 102,
    kBasicSymmetricKeyFoundryClientKMIPV13 = 103,
    kIntermediateSymmetricKeyFoundryClientKMIPV13 = 104,
    kAdvancedSymmetricKeyFoundryClientKMIPV13 = 105, kSymmetricKeyFoundryServerKMIPV13 = 106,
    kOpaqueManagedObjectStoreClientKMIPV13 = 107, kOpaqueManagedObjectStoreServerKMIPV13 = 108,
    kSuiteBMinLOS128ClientKMIPV13 = 109, kSuiteBMinLOS128ServerKMIPV13 = 110,
    kSuiteBMinLOS192ClientKMIPV13 = 111, kSuiteBMinLOS192ServerKMIPV13 = 112,
    kStorageArrayWithSelfEncryptingDriveClientKMIPV13 = 113,
    kStorageArrayWithSelfEncryptingDriveServerKMIPV13 = 114, kHTTPSClientKMIPV13 = 115,
    kHTTPSServerKMIPV13 = 116, kJSONClientKMIPV13 = 117, kJSONServerKMIPV13 = 118,
    kXMLClientKMIPV13 = 119, kXMLServerKMIPV13 = 120, kBaselineServerBasicKMIPV14 = 121,
    kBaselineServerTLSV12KMIPV14 = 122, kBaselineClientBasicKMIPV14 = 123,
    kBaselineClientTLSV12KMIPV14 = 124, kCompleteServerBasicKMIPV14 = 125,
    kCompleteServerTLSV12KMIPV14 = 126, kTapeLibraryClientKMIPV14 = 127,
    kTapeLibraryServerKMIPV14 = 128, kSymmetricKeyLifecycleClientKMIPV14 = 129,
    kSymmetricKeyLifecycleServerKMIPV14 = 130, kAsymmetricKeyLifecycleClientKMIPV14 = 131,
    kAsymmetricKeyLifecycleServerKMIPV14 = 132, kBasicCryptographicClientKMIPV14 = 133,
    kBasicCryptographicServerKMIPV14 = 134, kAdvancedCryptographicClientKMIPV14 = 135,
    kAdvancedCryptographicServerKMIPV14 = 136, kRNGCryptographicClientKMIPV14 = 137,
    kRNGCryptographicServerKMIPV14 = 138, kBasicSymmetricKeyFoundryClientKMIPV14 = 139,
    kIntermediateSymmetricKeyFoundryClientKMIPV14 = 140,
    kAdvancedSymmetricKeyFoundryClientKMIPV14 = 141, kSymmetricKeyFoundryServerKMIPV14 = 142,
    kOpaqueManagedObjectStoreClientKMIPV14 = 143, kOpaqueManagedObjectStoreServerKMIPV14 = 144,
    kSuiteBMinLOS128ClientKMIPV14 = 145, kSuiteBMinLOS128ServerKMIPV14 = 146,
    kSuiteBMinLOS192ClientKMIPV14 = 147, kSuiteBMinLOS192ServerKMIPV14 = 148,
    kStorageArrayWithSelfEncryptingDriveClientKMIPV14 = 149,
    kStorageArrayWithSelfEncryptingDriveServerKMIPV14 = 150, kHTTPSClientKMIPV14 = 151,
    kHTTPSServerKMIPV14 = 152, kJSONClientKMIPV14 = 153, kJSONServerKMIPV14 = 154,
    kXMLClientKMIPV14 = 155, kXMLServerKMIPV14 = 156, kCompleteServerBasic = 0x104,
    kCompleteServerTLSV12 = 0x105, kTapeLibraryClient = 0x106, kTapeLibraryServer = 0x107,
    kSymmetricKeyLifecycleClient = 0x108, kSymmetricKeyLifecycleServer = 0x109,
    kAsymmetricKeyLifecycleClient = 0x10a, kAsymmetricKeyLifecycleServer = 0x10b,
    kBasicCryptographicClient = 0x10c, kBasicCryptographicServer = 0x10d,
    kAdvancedCryptographicClient = 0x10e, kAdvancedCryptographicServer = 0x10f,
    kRNGCryptographicClient = 0x110, kRNGCryptographicServer = 0x111,
    kBasicSymmetricKeyFoundryClient = 0x112, kIntermediateSymmetricKeyFoundryClient = 0x113,
    kAdvancedSymmetricKeyFoundryClient = 0x114, kSymmetricKeyFoundryServer = 0x115,
    kOpaqueManagedObjectStoreClient = 0x116, kOpaqueManagedObjectStoreServer = 0x117,
    kSuiteBMinLOS128Client = 0x118, kSuiteBMinLOS128Server = 0x119, kSuiteBMinLOS192Client = 0x11a,
    kSuiteBMinLOS192Server = 0x11b, kStorageArrayWithSelfEncryptingDriveClient = 0x11c,
    kStorageArrayWithSelfEncryptingDriveServer = 0x11d, kHTTPSClient = 0x11e, kHTTPSServer = 0x11f,
    kJSONClient = 0x120, kJSONServer = 0x121, kXMLClient = 0x122, kXMLServer = 0x123,
    kAESXTSClient = 0x124, kAESXTSServer = 0x125, kQuantumSafeClient = 0x126,
    kQuantumSafeServer = 0x127, kPKCS11Client = 0x128, kPKCS11Server = 0x129,
    kBaselineClient = 0x12a, kBaselineServer = 0x12b, kCompleteServer = 0x12c
};

namespace usage_mask {
inline constexpr std::uint32_t kSign = 0x000001;
inline constexpr std::uint32_t kVerify = 0x000002;
inline constexpr std::uint32_t kEncrypt = 0x000004;
inline constexpr std::uint32_t kDecrypt = 0x000008;
inline constexpr std::uint32_t kWrapKey = 0x000010;
inline constexpr std::uint32_t kUnwrapKey = 0x000020;
inline constexpr std::uint32_t kExport = 0x000040;
inline constexpr std::uint32_t kMACGenerate = 0x000080;
inline constexpr std::uint32_t kMACVerify = 0x000100;
inline constexpr std::uint32_t kDeriveKey = 0x000200;
inline constexpr std::uint32_t kContentCommitment = 0x000400;
inline constexpr std::uint32_t kKeyAgreement = 0x000800;
inline constexpr std::uint32_t kCertificateSign = 0x001000;
inline constexpr std::uint32_t kCRLSign = 0x002000;
inline constexpr std::uint32_t kGenerateCryptogram = 0x004000;
inline constexpr std::uint32_t kValidateCryptogram = 0x008000;
inline constexpr std::uint32_t kTranslateEncrypt = 0x010000;
inline constexpr std::uint32_t kTranslateDecrypt = 0x020000;
inline constexpr std::uint32_t kTranslateWrap = 0x040000;
inline constexpr std::uint32_t kTranslateUnwrap = 0x080000;
inline constexpr std::uint32_t kAuthenticate = 0x100000;
inline constexpr std::uint32_t kUnrestricted = 0x200000;
inline constexpr std::uint32_t kFPEEncrypt = 0x400000;
inline constexpr std::uint32_t kFPEDecrypt = 0x800000;
}  // namespace usage_mask

namespace storage_status_mask {
inline constexpr std::uint32_t kOnLineStorage = 0x000001;
inline constexpr std::uint32_t kArchivalStorage = 0x000002;
inline constexpr std::uint32_t kDestroyedStorage = 0x000004;
}  // namespace storage_status_mask

namespace protection_storage_mask {
inline constexpr std::uint32_t kSoftware = 0x000001;
inline constexpr std::uint32_t kHardware = 0x000002;
inline constexpr std::uint32_t kOnProcessor = 0x000004;
inline constexpr std::uint32_t kOnSystem = 0x000008;
inline constexpr std::uint32_t kOffSystem = 0x000010;
inline constexpr std::uint32_t kHypervisor = 0x000020;
inline constexpr std::uint32_t kOperatingSystem = 0x000040;
inline constexpr std::uint32_t kContainer = 0x000080;
inline constexpr std::uint32_t kOnPremises = 0x000100;
inline constexpr std::uint32_t kOffPremises = 0x000200;
inline constexpr std::uint32_t kSelfManaged = 0x000400;
inline constexpr std::uint32_t kOutsourced = 0x000800;
inline constexpr std::uint32_t kValidated = 0x001000;
inline constexpr std::uint32_t kSameJurisdiction = 0x002000;
}  // namespace protection_storage_mask

}  // namespace chatelaine::ttlv
