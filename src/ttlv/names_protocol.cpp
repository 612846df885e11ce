// The names of what messages and attributes say.
#include "ttlv/enums.hpp"
#include "ttlv/name_table.hpp"
#include "ttlv/names.hpp"

namespace chatelaine::ttlv {
namespace {

constexpr Row kAdjustmentTypeNames[] = {
    {AdjustmentType::kIncrement, "Increment"},
    {AdjustmentType::kDecrement, "Decrement"},
    {AdjustmentType::kNegate, "Negate"},
};

constexpr Row kAlternativeNameTypeNames[] = {
    {AlternativeNameType::kUninterpretedTextString, "Uninterpreted Text String"},
    {AlternativeNameType::kURI, "URI"},
    {AlternativeNameType::kObjectSerialNumber, "Object Serial Number"},
    {AlternativeNameType::kEmailAddress, "Email Address"},
    {AlternativeNameType::kDNSName, "DNS Name"},
    {AlternativeNameType::kX500DistinguishedName, "X.500 Distinguished Name"},
    {AlternativeNameType::kIPAddress, "IP Address"},
};

constexpr Row kAsynchronousIndicatorNames[] = {
    {AsynchronousIndicator::kMandatory, "Mandatory"},
    {AsynchronousIndicator::kOptional, "Optional"},
    {AsynchronousIndicator::kProhibited, "Prohibited"},
};

constexpr Row kAttestationTypeNames[] = {
    {AttestationType::kTPMQuote, "TPM Quote"},
    {AttestationType::kTCGIntegrityReport, "TCG Integrity Report"},
    {AttestationType::kSAMLAssertion, "SAML Assertion"},
};

constexpr Row kBatchErrorContinuationOptionNames[] = {
    {BatchErrorContinuationOption::kContinue, "Continue"},
    {BatchErrorContinuationOption::kStop, "Stop"},
    {BatchErrorContinuationOption::kUndo, "Undo"},
};

constexpr Row kCancellationResultNames[] = {
    {CancellationResult::kCanceled, "Canceled"},
    {CancellationResult::kUnableToCancel, "Unable to Cancel"},
    {CancellationResult::kCompleted, "Completed"},
    {CancellationResult::kFailed, "Failed"},
    {CancellationResult::kUnavailable, "Unavailable"},
};

constexpr Row kCertificateRequestTypeNames[] = {
    {CertificateRequestType::kCRMF, "CRMF"},
    {CertificateRequestType::kPKCS10, "PKCS#10"},
    {CertificateRequestType::kPEM, "PEM"},
    {CertificateRequestType::kPGP, "PGP"},
};

constexpr Row kCertificateTypeNames[] = {
    {CertificateType::kX509, "X.509"},
    {CertificateType::kPGP, "PGP"},
};

constexpr Row kClientRegistrationMethodNames[] = {
    {ClientRegistrationMethod::kUnspecified, "Unspecified"},
    {ClientRegistrationMethod::kServerPreGenerated, "Server Pre-Generated"},
    {ClientRegistrationMethod::kServerOnDemand, "Server On-Demand"},
    {ClientRegistrationMethod::kClientGenerated, "Client Generated"},
    {ClientRegistrationMethod::kClientRegistered, "Client Registered"},
};

constexpr Row kCredentialTypeNames[] = {
    {CredentialType::kUsernameAndPassword, "Username and Password"},
    {CredentialType::kDevice, "Device"},
    {CredentialType::kAttestation, "Attestation"},
    {CredentialType::kOneTimePassword, "One Time Password"},
    {CredentialType::kHashedPassword, "Hashed Password"},
    {CredentialType::kTicket, "Ticket"},
};

constexpr Row kDataEnumerationNames[] = {
    {DataEnumeration::kDecrypt, "Decrypt"},
    {DataEnumeration::kEncrypt, "Encrypt"},
    {DataEnumeration::kHash, "Hash"},
    {DataEnumeration::kMACMACData, "MAC MAC Data"},
    {DataEnumeration::kRNGRetrieve, "RNG Retrieve"},
    {DataEnumeration::kSignSignatureData, "Sign Signature Data"},
    {DataEnumeration::kSignatureVerify, "Signature Verify"},
};

constexpr Row kDestroyActionNames[] = {
    {DestroyAction::kUnspecified, "Unspecified"},
    {DestroyAction::kKeyMaterialDeleted, "Key Material Deleted"},
    {DestroyAction::kKeyMaterialShredded, "Key Material Shredded"},
    {DestroyAction::kMetaDataDeleted, "Meta Data Deleted"},
    {DestroyAction::kMetaDataShredded, "Meta Data Shredded"},
    {DestroyAction::kDeleted, "Deleted"},
    {DestroyAction::kShredded, "Shredded"},
};

constexpr Row kEncodingOptionNames[] = {
    {EncodingOption::kNoEncoding, "No Encoding"},
    {EncodingOption::kTTLVEncoding, "TTLV Encoding"},
};

constexpr Row kEndpointRoleNames[] = {
    {EndpointRole::kClient, "Client"},
    {EndpointRole::kServer, "Server"},
};

constexpr Row kInteropFunctionNames[] = {
    {InteropFunction::kBegin, "Begin"},
    {InteropFunction::kEnd, "End"},
    {InteropFunction::kReset, "Reset"},
};

constexpr Row kKeyValueLocationTypeNames[] = {
    {KeyValueLocationType::kUninterpretedTextString, "Uninterpreted Text String"},
    {KeyValueLocationType::kURI, "URI"},
};

constexpr Row kKeyWrapTypeNames[] = {
    {KeyWrapType::kNotWrapped, "Not Wrapped"},
    {KeyWrapType::kAsRegistered, "As Registered"},
};

constexpr Row kLinkTypeNames[] = {
    {LinkType::kCertificateLink, "Certificate Link"},
    {LinkType::kPublicKeyLink, "Public Key Link"},
    {LinkType::kPrivateKeyLink, "Private Key Link"},
    {LinkType::kDerivationBaseObjectLink, "Derivation Base Object Link"},
    {LinkType::kDerivedKeyLink, "Derived Key Link"},
    {LinkType::kReplacementObjectLink, "Replacement Object Link"},
    {LinkType::kReplacedObjectLink, "Replaced Object Link"},
    {LinkType::kParentLink, "Parent Link"},
    {LinkType::kChildLink, "Child Link"},
    {LinkType::kPreviousLink, "Previous Link"},
    {LinkType::kNextLink, "Next Link"},
    {LinkType::kPKCS12CertificateLink, "PKCS#12 Certificate Link"},
    {LinkType::kPKCS12PasswordLink, "PKCS#12 Password Link"},
    {LinkType::kWrappingKeyLink, "Wrapping Key Link"},
};

constexpr Row kNameTypeNames[] = {
    {NameType::kUninterpretedTextString, "Uninterpreted Text String"},
    {NameType::kURI, "URI"},
};

constexpr Row kObjectGroupMemberNames[] = {
    {ObjectGroupMember::kGroupMemberFresh, "Group Member Fresh"},
    {ObjectGroupMember::kGroupMemberDefault, "Group Member Default"},
};

constexpr Row kObjectTypeNames[] = {
    {ObjectType::kCertificate, "Certificate"},
    {ObjectType::kSymmetricKey, "Symmetric Key"},
    {ObjectType::kPublicKey, "Public Key"},
    {ObjectType::kPrivateKey, "Private Key"},
    {ObjectType::kSplitKey, "Split Key"},
    {ObjectType::kTemplate, "Template"},
    {ObjectType::kSecretData, "Secret Data"},
    {ObjectType::kOpaqueObject, "Opaque Object"},
    {ObjectType::kPGPKey, "PGP Key"},
    {ObjectType::kCertificateRequest, "Certificate Request"},
};

constexpr Row kOperationNames[] = {
    {Operation::kCreate, "Create"},
    {Operation::kCreateKeyPair, "Create Key Pair"},
    {Operation::kRegister, "Register"},
    {Operation::kReKey, "Re-key"},
    {Operation::kDeriveKey, "Derive Key"},
    {Operation::kCertify, "Certify"},
    {Operation::kReCertify, "Re-certify"},
    {Operation::kLocate, "Locate"},
    {Operation::kCheck, "Check"},
    {Operation::kGet, "Get"},
    {Operation::kGetAttributes, "Get Attributes"},
    {Operation::kGetAttributeList, "Get Attribute List"},
    {Operation::kAddAttribute, "Add Attribute"},
    {Operation::kModifyAttribute, "Modify Attribute"},
    {Operation::kDeleteAttribute, "Delete Attribute"},
    {Operation::kObtainLease, "Obtain Lease"},
    {Operation::kGetUsageAllocation, "Get Usage Allocation"},
    {Operation::kActivate, "Activate"},
    {Operation::kRevoke, "Revoke"},
    {Operation::kDestroy, "Destroy"},
    {Operation::kArchive, "Archive"},
    {Operation::kRecover, "Recover"},
    {Operation::kValidate, "Validate"},
    {Operation::kQuery, "Query"},
    {Operation::kCancel, "Cancel"},
    {Operation::kPoll, "Poll"},
    {Operation::kNotify, "Notify"},
    {Operation::kPut, "Put"},
    {Operation::kReKeyKeyPair, "Re-key Key Pair"},
    {Operation::kDiscoverVersions, "Discover Versions"},
    {Operation::kEncrypt, "Encrypt"},
    {Operation::kDecrypt, "Decrypt"},
    {Operation::kSign, "Sign"},
    {Operation::kSignatureVerify, "Signature Verify"},
    {Operation::kMAC, "MAC"},
    {Operation::kMACVerify, "MAC Verify"},
    {Operation::kRNGRetrieve, "RNG Retrieve"},
    {Operation::kRNGSeed, "RNG Seed"},
    {Operation::kHash, "Hash"},
    {Operation::kCreateSplitKey, "Create Split Key"},
    {Operation::kJoinSplitKey, "Join Split Key"},
    {Operation::kImport, "Import"},
    {Operation::kExport, "Export"},
    {Operation::kLog, "Log"},
    {Operation::kLogin, "Login"},
    {Operation::kLogout, "Logout"},
    {Operation::kDelegatedLogin, "Delegated Login"},
    {Operation::kAdjustAttribute, "Adjust Attribute"},
    {Operation::kSetAttribute, "Set Attribute"},
    {Operation::kSetEndpointRole, "Set Endpoint Role"},
    {Operation::kPKCS11, "PKCS#11"},
    {Operation::kInterop, "Interop"},
    {Operation::kReProvision, "Re-Provision"},
    {Operation::kSetDefaults, "Set Defaults"},
    {Operation::kSetConstraints, "Set Constraints"},
    {Operation::kGetConstraints, "Get Constraints"},
    {Operation::kQueryAsynchronousRequests, "Query Asynchronous Requests"},
    {Operation::kProcess, "Process"},
    {Operation::kPing, "Ping"},
};

constexpr Row kProcessingStageNames[] = {
    {ProcessingStage::kSubmitted, "Submitted"},
    {ProcessingStage::kInProcess, "In Process"},
    {ProcessingStage::kCompleted, "Completed"},
};

constexpr Row kProtectionLevelNames[] = {
    {ProtectionLevel::kHigh, "High"},
    {ProtectionLevel::kLow, "Low"},
};

constexpr Row kPutFunctionNames[] = {
    {PutFunction::kNew, "New"},
    {PutFunction::kReplace, "Replace"},
};

constexpr Row kQueryFunctionNames[] = {
    {QueryFunction::kQueryOperations, "Query Operations"},
    {QueryFunction::kQueryObjects, "Query Objects"},
    {QueryFunction::kQueryServerInformation, "Query Server Information"},
    {QueryFunction::kQueryApplicationNamespaces, "Query Application Namespaces"},
    {QueryFunction::kQueryExtensionList, "Query Extension List"},
    {QueryFunction::kQueryExtensionMap, "Query Extension Map"},
    {QueryFunction::kQueryAttestationTypes, "Query Attestation Types"},
    {QueryFunction::kQueryRNGs, "Query RNGs"},
    {QueryFunction::kQueryValidations, "Query Validations"},
    {QueryFunction::kQueryProfiles, "Query Profiles"},
    {QueryFunction::kQueryCapabilities, "Query Capabilities"},
    {QueryFunction::kQueryClientRegistrationMethods, "Query Client Registration Methods"},
    {QueryFunction::kQueryDefaultsInformation, "Query Defaults Information"},
    {QueryFunction::kQueryStorageProtectionMasks, "Query Storage Protection Masks"},
};

constexpr Row kResultReasonNames[] = {
    {ResultReason::kItemNotFound, "Item Not Found"},
    {ResultReason::kResponseTooLarge, "Response Too Large"},
    {ResultReason::kAuthenticationNotSuccessful, "Authentication Not Successful"},
    {ResultReason::kInvalidMessage, "Invalid Message"},
    {ResultReason::kOperationNotSupported, "Operation Not Supported"},
    {ResultReason::kMissingData, "Missing Data"},
    {ResultReason::kInvalidField, "Invalid Field"},
    {ResultReason::kFeatureNotSupported, "Feature Not Supported"},
    {ResultReason::kOperationCanceledByRequester, "Operation Canceled By Requester"},
    {ResultReason::kCryptographicFailure, "Cryptographic Failure"},
    {ResultReason::kIllegalOperation, "Illegal Operation"},
    {ResultReason::kPermissionDenied, "Permission Denied"},
    {ResultReason::kObjectArchived, "Object Archived"},
    {ResultReason::kIndexOutOfBounds, "Index Out of Bounds"},
    {ResultReason::kApplicationNamespaceNotSupported, "Application Namespace Not Supported"},
    {ResultReason::kKeyFormatTypeNotSupported, "Key Format Type Not Supported"},
    {ResultReason::kKeyCompressionTypeNotSupported, "Key Compression Type Not Supported"},
    {ResultReason::kEncodingOptionError, "Encoding Option Error"},
    {ResultReason::kKeyValueNotPresent, "Key Value Not Present"},
    {ResultReason::kAttestationRequired, "Attestation Required"},
    {ResultReason::kAttestationFailed, "Attestation Failed"},
    {ResultReason::kSensitive, "Sensitive"},
    {ResultReason::kNotExtractable, "Not Extractable"},
    {ResultReason::kObjectAlreadyExists, "Object Already Exists"},
    {ResultReason::kInvalidTicket, "Invalid Ticket"},
    {ResultReason::kUsageLimitExceeded, "Usage Limit Exceeded"},
    {ResultReason::kNumericRange, "Numeric Range"},
    {ResultReason::kInvalidDataType, "Invalid Data Type"},
    {ResultReason::kReadOnlyAttribute, "Read Only Attribute"},
    {ResultReason::kMultiValuedAttribute, "Multi Valued Attribute"},
    {ResultReason::kUnsupportedAttribute, "Unsupported Attribute"},
    {ResultReason::kAttributeInstanceNotFound, "Attribute Instance Not Found"},
    {ResultReason::kAttributeNotFound, "Attribute Not Found"},
    {ResultReason::kAttributeReadOnly, "Attribute Read Only"},
    {ResultReason::kAttributeSingleValued, "Attribute Single Valued"},
    {ResultReason::kBadCryptographicParameters, "Bad Cryptographic Parameters"},
    {ResultReason::kBadPassword, "Bad Password"},
    {ResultReason::kCodecError, "Codec Error"},
    {ResultReason::kIllegalObjectType, "Illegal Object Type"},
    {ResultReason::kIncompatibleCryptographicUsageMask, "Incompatible Cryptographic Usage Mask"},
    {ResultReason::kInternalServerError, "Internal Server Error"},
    {ResultReason::kInvalidAsynchronousCorrelationValue, "Invalid Asynchronous Correlation Value"},
    {ResultReason::kInvalidAttribute, "Invalid Attribute"},
    {ResultReason::kInvalidAttributeValue, "Invalid Attribute Value"},
    {ResultReason::kInvalidCorrelationValue, "Invalid Correlation Value"},
    {ResultReason::kInvalidCSR, "Invalid CSR"},
    {ResultReason::kInvalidObjectType, "Invalid Object Type"},
    {ResultReason::kKeyWrapTypeNotSupported, "Key Wrap Type Not Supported"},
    {ResultReason::kMissingInitializationVector, "Missing Initialization Vector"},
    {ResultReason::kNonUniqueNameAttribute, "Non Unique Name Attribute"},
    {ResultReason::kObjectDestroyed, "Object Destroyed"},
    {ResultReason::kObjectNotFound, "Object Not Found"},
    {ResultReason::kNotAuthorised, "Not Authorised"},
    {ResultReason::kServerLimitExceeded, "Server Limit Exceeded"},
    {ResultReason::kUnknownEnumeration, "Unknown Enumeration"},
    {ResultReason::kUnknownMessageExtension, "Unknown Message Extension"},
    {ResultReason::kUnknownTag, "Unknown Tag"},
    {ResultReason::kUnsupportedCryptographicParameters, "Unsupported Cryptographic Parameters"},
    {ResultReason::kUnsupportedProtocolVersion, "Unsupported Protocol Version"},
    {ResultReason::kWrappingObjectArchived, "Wrapping Object Archived"},
    {ResultReason::kWrappingObjectDestroyed, "Wrapping Object Destroyed"},
    {ResultReason::kWrappingObjectNotFound, "Wrapping Object Not Found"},
    {ResultReason::kWrongKeyLifecycleState, "Wrong Key Lifecycle State"},
    {ResultReason::kProtectionStorageUnavailable, "Protection Storage Unavailable"},
    {ResultReason::kPKCS11CodecError, "PKCS#11 Codec Error"},
    {ResultReason::kPKCS11InvalidFunction, "PKCS#11 Invalid Function"},
    {ResultReason::kPKCS11InvalidInterface, "PKCS#11 Invalid Interface"},
    {ResultReason::kPrivateProtectionStorageUnavailable, "Private Protection Storage Unavailable"},
    {ResultReason::kPublicProtectionStorageUnavailable, "Public Protection Storage Unavailable"},
    {ResultReason::kUnknownObjectGroup, "Unknown Object Group"},
    {ResultReason::kConstraintViolation, "Constraint Violation"},
    {ResultReason::kDuplicateProcessRequest, "Duplicate Process Request"},
    {ResultReason::kGeneralFailure, "General Failure"},
};

constexpr Row kResultStatusNames[] = {
    {ResultStatus::kSuccess, "Success"},
    {ResultStatus::kOperationFailed, "Operation Failed"},
    {ResultStatus::kOperationPending, "Operation Pending"},
    {ResultStatus::kOperationUndone, "Operation Undone"},
};

constexpr Row kRevocationReasonCodeNames[] = {
    {RevocationReasonCode::kUnspecified, "Unspecified"},
    {RevocationReasonCode::kKeyCompromise, "Key Compromise"},
    {RevocationReasonCode::kCACompromise, "CA Compromise"},
    {RevocationReasonCode::kAffiliationChanged, "Affiliation Changed"},
    {RevocationReasonCode::kSuperseded, "Superseded"},
    {RevocationReasonCode::kCessationOfOperation, "Cessation of Operation"},
    {RevocationReasonCode::kPrivilegeWithdrawn, "Privilege Withdrawn"},
};

constexpr Row kRotateNameTypeNames[] = {
    {RotateNameType::kUninterpretedTextString, "Uninterpreted Text String"},
    {RotateNameType::kURI, "URI"},
};

constexpr Row kSecretDataTypeNames[] = {
    {SecretDataType::kPassword, "Password"},
    {SecretDataType::kSeed, "Seed"},
};

constexpr Row kShreddingAlgorithmNames[] = {
    {ShreddingAlgorithm::kUnspecified, "Unspecified"},
    {ShreddingAlgorithm::kCryptographic, "Cryptographic"},
    {ShreddingAlgorithm::kUnsupported, "Unsupported"},
};

constexpr Row kStateNames[] = {
    {State::kPreActive, "Pre-Active"},
    {State::kActive, "Active"},
    {State::kDeactivated, "Deactivated"},
    {State::kCompromised, "Compromised"},
    {State::kDestroyed, "Destroyed"},
    {State::kDestroyedCompromised, "Destroyed Compromised"},
};

constexpr Row kTicketTypeNames[] = {
    {TicketType::kLogin, "Login"},
};

constexpr Row kUniqueIdentifierEnumerationNames[] = {
    {UniqueIdentifierEnumeration::kIDPlaceholder, "ID Placeholder"},
    {UniqueIdentifierEnumeration::kCertify, "Certify"},
    {UniqueIdentifierEnumeration::kCreate, "Create"},
    {UniqueIdentifierEnumeration::kCreateKeyPair, "Create Key Pair"},
    {UniqueIdentifierEnumeration::kCreateKeyPairPrivateKey, "Create Key Pair Private Key"},
    {UniqueIdentifierEnumeration::kCreateKeyPairPublicKey, "Create Key Pair Public Key"},
    {UniqueIdentifierEnumeration::kCreateSplitKey, "Create Split Key"},
    {UniqueIdentifierEnumeration::kDeriveKey, "Derive Key"},
    {UniqueIdentifierEnumeration::kImport, "Import"},
    {UniqueIdentifierEnumeration::kJoinSplitKey, "Join Split Key"},
    {UniqueIdentifierEnumeration::kLocate, "Locate"},
    {UniqueIdentifierEnumeration::kRegister, "Register"},
    {UniqueIdentifierEnumeration::kReKey, "Re-key"},
    {UniqueIdentifierEnumeration::kReCertify, "Re-certify"},
    {UniqueIdentifierEnumeration::kReKeyKeyPair, "Re-key Key Pair"},
    {UniqueIdentifierEnumeration::kReKeyKeyPairPrivateKey, "Re-key Key Pair Private Key"},
    {UniqueIdentifierEnumeration::kReKeyKeyPairPublicKey, "Re-key Key Pair Public Key"},
};

constexpr Row kUnwrapModeNames[] = {
    {UnwrapMode::kUnspecified, "Unspecified"},
    {UnwrapMode::kProcessed, "Processed"},
    {UnwrapMode::kNotProcessed, "Not Processed"},
};

constexpr Row kUsageLimitsUnitNames[] = {
    {UsageLimitsUnit::kByte, "Byte"},
    {UsageLimitsUnit::kObject, "Object"},
};

constexpr Row kValidationAuthorityTypeNames[] = {
    {ValidationAuthorityType::kUnspecified, "Unspecified"},
    {ValidationAuthorityType::kNISTCMVP, "NIST CMVP"},
    {ValidationAuthorityType::kCommonCriteria, "Common Criteria"},
};

constexpr Row kValidationTypeNames[] = {
    {ValidationType::kUnspecified, "Unspecified"},
    {ValidationType::kHardware, "Hardware"},
    {ValidationType::kSoftware, "Software"},
    {ValidationType::kFirmware, "Firmware"},
    {ValidationType::kHybrid, "Hybrid"},
};

constexpr Row kValidityIndicatorNames[] = {
    {ValidityIndicator::kValid, "Valid"},
    {ValidityIndicator::kInvalid, "Invalid"},
    {ValidityIndicator::kUnknown, "Unknown"},
};

constexpr Enumeration kEnumerations[] = {
    {tag::kAdjustmentType, kAdjustmentTypeNames},
    {tag::kAlternativeNameType, kAlternativeNameTypeNames},
    {tag::kAsynchronousIndicator, kAsynchronousIndicatorNames},
    {tag::kAttestationType, kAttestationTypeNames},
    {tag::kBatchErrorContinuationOption, kBatchErrorContinuationOptionNames},
    {tag::kCancellationResult, kCancellationResultNames},
    {tag::kCertificateRequestType, kCertificateRequestTypeNames},
    {tag::kCertificateType, kCertificateTypeNames},
    {tag::kClientRegistrationMethod, kClientRegistrationMethodNames},
    {tag::kCredentialType, kCredentialTypeNames},
    {tag::kData, kDataEnumerationNames},
    {tag::kDestroyAction, kDestroyActionNames},
    {tag::kEncodingOption, kEncodingOptionNames},
    {tag::kEndpointRole, kEndpointRoleNames},
    {tag::kInteropFunction, kInteropFunctionNames},
    {tag::kKeyValueLocationType, kKeyValueLocationTypeNames},
    {tag::kKeyWrapType, kKeyWrapTypeNames},
    {tag::kLinkType, kLinkTypeNames},
    {tag::kNameType, kNameTypeNames},
    {tag::kObjectGroupMember, kObjectGroupMemberNames},
    {tag::kObjectType, kObjectTypeNames},
    {tag::kOperation, kOperationNames},
    {tag::kProcessingStage, kProcessingStageNames},
    {tag::kProtectionLevel, kProtectionLevelNames},
    {tag::kPutFunction, kPutFunctionNames},
    {tag::kQueryFunction, kQueryFunctionNames},
    {tag::kResultReason, kResultReasonNames},
    {tag::kResultStatus, kResultStatusNames},
    {tag::kRevocationReasonCode, kRevocationReasonCodeNames},
    {tag::kRotateNameType, kRotateNameTypeNames},
    {tag::kSecretDataType, kSecretDataTypeNames},
    {tag::kShreddingAlgorithm, kShreddingAlgorithmNames},
    {tag::kState, kStateNames},
    {tag::kTicketType, kTicketTypeNames},
    {tag::kUniqueIdentifier, kUniqueIdentifierEnumerationNames},
    {tag::kUnwrapMode, kUnwrapModeNames},
    {tag::kUsageLimitsUnit, kUsageLimitsUnitNames},
    {tag::kValidationAuthorityType, kValidationAuthorityTypeNames},
    {tag::kValidationType, kValidationTypeNames},
    {tag::kValidityIndicator, kValidityIndicatorNames},
};

}  // namespace

std::span<const Enumeration> protocol_enumerations() { return kEnumerations; }

}  // namespace chatelaine::ttlv
