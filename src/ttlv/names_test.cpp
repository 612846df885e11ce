// Proves the numbers and names against a second source: the lists below are kmip-go's (v0.9.2, KMIP
// 1.0 to 1.4), while the tables were made from the specification's. Then the rule for texts, what
// 2.x added and what peers write.
#include "ttlv/names.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "ttlv/enums.hpp"
#include "ttlv/name_table.hpp"

namespace chatelaine::ttlv {
namespace {

// Number after 0x420000 = text.
const char* const kTags =
    "1=ActivationDate 2=ApplicationData 3=ApplicationNamespace 4=ApplicationSpecificInformation "
    "5=ArchiveDate 6=AsynchronousCorrelationValue 7=AsynchronousIndicator 8=Attribute "
    "9=AttributeIndex a=AttributeName b=AttributeValue c=Authentication d=BatchCount "
    "e=BatchErrorContinuationOption f=BatchItem 10=BatchOrderOption 11=BlockCipherMode "
    "12=CancellationResult 13=Certificate 14=CertificateIdentifier 15=CertificateIssuer "
    "16=CertificateIssuerAlternativeName 17=CertificateIssuerDistinguishedName "
    "18=CertificateRequest 19=CertificateRequestType 1a=CertificateSubject "
    "1b=CertificateSubjectAlternativeName 1c=CertificateSubjectDistinguishedName "
    "1d=CertificateType 1e=CertificateValue 1f=CommonTemplateAttribute 20=CompromiseDate "
    "21=CompromiseOccurrenceDate 22=ContactInformation 23=Credential 24=CredentialType "
    "25=CredentialValue 26=CriticalityIndicator 27=CRTCoefficient 28=CryptographicAlgorithm "
    "29=CryptographicDomainParameters 2a=CryptographicLength 2b=CryptographicParameters "
    "2c=CryptographicUsageMask 2d=CustomAttribute 2e=D 2f=DeactivationDate 30=DerivationData "
    "31=DerivationMethod 32=DerivationParameters 33=DestroyDate 34=Digest 35=DigestValue "
    "36=EncryptionKeyInformation 37=G 38=HashingAlgorithm 39=InitialDate 3a=InitializationVector "
    "3b=Issuer 3c=IterationCount 3d=IVCounterNonce 3e=J 3f=Key 40=KeyBlock 41=KeyCompressionType "
    "42=KeyFormatType 43=KeyMaterial 44=KeyPartIdentifier 45=KeyValue 46=KeyWrappingData "
    "47=KeyWrappingSpecification 48=LastChangeDate 49=LeaseTime 4a=Link 4b=LinkType "
    "4c=LinkedObjectIdentifier 4d=MACSignature 4e=MACSignatureKeyInformation 4f=MaximumItems "
    "50=MaximumResponseSize 51=MessageExtension 52=Modulus 53=Name 54=NameType 55=NameValue "
    "56=ObjectGroup 57=ObjectType 58=Offset 59=OpaqueDataType 5a=OpaqueDataValue 5b=OpaqueObject "
    "5c=Operation 5d=OperationPolicyName 5e=P 5f=PaddingMethod 60=PrimeExponentP "
    "61=PrimeExponentQ 62=PrimeFieldSize 63=PrivateExponent 64=PrivateKey "
    "65=PrivateKeyTemplateAttribute 66=PrivateKeyUniqueIdentifier 67=ProcessStartDate "
    "68=ProtectStopDate 69=ProtocolVersion 6a=ProtocolVersionMajor 6b=ProtocolVersionMinor "
    "6c=PublicExponent 6d=PublicKey 6e=PublicKeyTemplateAttribute 6f=PublicKeyUniqueIdentifier "
    "70=PutFunction 71=Q 72=QString 73=Qlength 74=QueryFunction 75=RecommendedCurve "
    "76=ReplacedUniqueIdentifier 77=RequestHeader 78=RequestMessage 79=RequestPayload "
    "7a=ResponseHeader 7b=ResponseMessage 7c=ResponsePayload 7d=ResultMessage 7e=ResultReason "
    "7f=ResultStatus 80=RevocationMessage 81=RevocationReason 82=RevocationReasonCode "
    "83=KeyRoleType 84=Salt 85=SecretData 86=SecretDataType 87=SerialNumber 88=ServerInformation "
    "89=SplitKey 8a=SplitKeyMethod 8b=SplitKeyParts 8c=SplitKeyThreshold 8d=State "
    "8e=StorageStatusMask 8f=SymmetricKey 90=Template 91=TemplateAttribute 92=TimeStamp "
    "93=UniqueBatchItemID 94=UniqueIdentifier 95=UsageLimits 96=UsageLimitsCount "
    "97=UsageLimitsTotal 98=UsageLimitsUnit 99=Username 9a=ValidityDate 9b=ValidityIndicator "
    "9c=VendorExtension 9d=VendorIdentification 9e=WrappingMethod 9f=X a0=Y a1=Password "
    "a2=DeviceIdentifier a3=EncodingOption a4=ExtensionInformation a5=ExtensionName "
    "a6=ExtensionTag a7=ExtensionType a8=Fresh a9=MachineIdentifier aa=MediaIdentifier "
    "ab=NetworkIdentifier ac=ObjectGroupMember ad=CertificateLength ae=DigitalSignatureAlgorithm "
    "af=CertificateSerialNumber b0=DeviceSerialNumber b1=IssuerAlternativeName "
    "b2=IssuerDistinguishedName b3=SubjectAlternativeName b4=SubjectDistinguishedName "
    "b5=X_509CertificateIdentifier b6=X_509CertificateIssuer b7=X_509CertificateSubject "
    "b8=KeyValueLocation b9=KeyValueLocationValue ba=KeyValueLocationType bb=KeyValuePresent "
    "bc=OriginalCreationDate bd=PGPKey be=PGPKeyVersion bf=AlternativeName "
    "c0=AlternativeNameValue c1=AlternativeNameType c2=Data c3=SignatureData c4=DataLength "
    "c5=RandomIV c6=MACData c7=AttestationType c8=Nonce c9=NonceID ca=NonceValue "
    "cb=AttestationMeasurement cc=AttestationAssertion cd=IVLength ce=TagLength "
    "cf=FixedFieldLength d0=CounterLength d1=InitialCounterValue d2=InvocationFieldLength "
    "d3=AttestationCapableIndicator d4=OffsetItems d5=LocatedItems d6=CorrelationValue "
    "d7=InitIndicator d8=FinalIndicator d9=RNGParameters da=RNGAlgorithm db=DRBGAlgorithm "
    "dc=FIPS186Variation dd=PredictionResistance de=RandomNumberGenerator "
    "df=ValidationInformation e0=ValidationAuthorityType e1=ValidationAuthorityCountry "
    "e2=ValidationAuthorityURI e3=ValidationVersionMajor e4=ValidationVersionMinor "
    "e5=ValidationType e6=ValidationLevel e7=ValidationCertificateIdentifier "
    "e8=ValidationCertificateURI e9=ValidationVendorURI ea=ValidationProfile "
    "eb=ProfileInformation ec=ProfileName ed=ServerURI ee=ServerPort ef=StreamingCapability "
    "f0=AsynchronousCapability f1=AttestationCapability f2=UnwrapMode f3=DestroyAction "
    "f4=ShreddingAlgorithm f5=RNGMode f6=ClientRegistrationMethod f7=CapabilityInformation "
    "f8=KeyWrapType f9=BatchUndoCapability fa=BatchContinueCapability fb=PKCS_12FriendlyName "
    "fc=Description fd=Comment fe=AuthenticatedEncryptionAdditionalData "
    "ff=AuthenticatedEncryptionTag 100=SaltLength 101=MaskGenerator "
    "102=MaskGeneratorHashingAlgorithm 103=PSource 104=TrailerField 105=ClientCorrelationValue "
    "106=ServerCorrelationValue 107=DigestedData 108=CertificateSubjectCN "
    "109=CertificateSubjectO 10a=CertificateSubjectOU 10b=CertificateSubjectEmail "
    "10c=CertificateSubjectC 10d=CertificateSubjectST 10e=CertificateSubjectL "
    "10f=CertificateSubjectUID 110=CertificateSubjectSerialNumber 111=CertificateSubjectTitle "
    "112=CertificateSubjectDC 113=CertificateSubjectDNQualifier 114=CertificateIssuerCN "
    "115=CertificateIssuerO 116=CertificateIssuerOU 117=CertificateIssuerEmail "
    "118=CertificateIssuerC 119=CertificateIssuerST 11a=CertificateIssuerL "
    "11b=CertificateIssuerUID 11c=CertificateIssuerSerialNumber 11d=CertificateIssuerTitle "
    "11e=CertificateIssuerDC 11f=CertificateIssuerDNQualifier 120=Sensitive 121=AlwaysSensitive "
    "122=Extractable 123=NeverExtractable 124=ReplaceExisting";

const struct {
    const char* tag;
    const char* values;
} kEnumerations[] = {
    {"AlternativeNameType",
     "1=UninterpretedTextString 2=URI 3=ObjectSerialNumber 4=EmailAddress 5=DNSName "
     "6=X_500DistinguishedName 7=IPAddress"},
    {"AttestationType",
     "1=TPMQuote 2=TCGIntegrityReport 3=SAMLAssertion"},
    {"BatchErrorContinuationOption",
     "1=Continue 2=Stop 3=Undo"},
    {"BlockCipherMode",
     "1=CBC 2=ECB 3=PCBC 4=CFB 5=OFB 6=CTR 7=CMAC 8=CCM 9=GCM a=CBC_MAC b=XTS "
     "c=AESKeyWrapPadding d=NISTKeyWrap e=X9_102AESKW f=X9_102TDKW 10=X9_102AKW1 11=X9_102AKW2 "
     "12=AEAD"},
    {"CancellationResult",
     "1=Canceled 2=UnableToCancel 3=Completed 4=Failed 5=Unavailable"},
    {"CertificateRequestType",
     "1=CRMF 2=PKCS_10 3=PEM 4=PGP"},
    {"CertificateType",
     "1=X_509 2=PGP"},
    {"ClientRegistrationMethod",
     "1=Unspecified 2=ServerPreGenerated 3=ServerOnDemand 4=ClientGenerated 5=ClientRegistered"},
    {"CredentialType",
     "1=UsernameAndPassword 2=Device 3=Attestation"},
    {"CryptographicAlgorithm",
     "1=DES 2=DES3 3=AES 4=RSA 5=DSA 6=ECDSA 7=HMAC_SHA1 8=HMAC_SHA224 9=HMAC_SHA256 "
     "a=HMAC_SHA384 b=HMAC_SHA512 c=HMAC_MD5 d=DH e=ECDH f=ECMQV 10=Blowfish 11=Camellia "
     "12=CAST5 13=IDEA 14=MARS 15=RC2 16=RC4 17=RC5 18=SKIPJACK 19=Twofish 1a=EC 1b=OneTimePad "
     "1c=ChaCha20 1d=Poly1305 1e=ChaCha20Poly1305 1f=SHA3_224 20=SHA3_256 21=SHA3_384 "
     "22=SHA3_512 23=HMAC_SHA3_224 24=HMAC_SHA3_256 25=HMAC_SHA3_384 26=HMAC_SHA3_512 "
     "27=SHAKE_128 28=SHAKE_256"},
    {"DRBGAlgorithm",
     "1=Unspecified 2=Dual_EC 3=Hash 4=HMAC 5=CTR"},
    {"DestroyAction",
     "1=Unspecified 2=KeyMaterialDeleted 3=KeyMaterialShredded 4=MetaDataDeleted "
     "5=MetaDataShredded 6=Deleted 7=Shredded"},
    {"DigitalSignatureAlgorithm",
     "1=MD2WithRSAEncryption 2=MD5WithRSAEncryption 3=SHA_1WithRSAEncryption "
     "4=SHA_224WithRSAEncryption 5=SHA_256WithRSAEncryption 6=SHA_384WithRSAEncryption "
     "7=SHA_512WithRSAEncryption 8=RSASSA_PSS 9=DSAWithSHA_1 a=DSAWithSHA224 b=DSAWithSHA256 "
     "c=ECDSAWithSHA_1 d=ECDSAWithSHA224 e=ECDSAWithSHA256 f=ECDSAWithSHA384 10=ECDSAWithSHA512 "
     "11=SHA3_256WithRSAEncryption 12=SHA3_384WithRSAEncryption 13=SHA3_512WithRSAEncryption"},
    {"EncodingOption",
     "1=NoEncoding 2=TTLVEncoding"},
    {"FIPS186Variation",
     "1=Unspecified 2=GPXOriginal 3=GPXChangeNotice 4=XOriginal 5=XChangeNotice 6=KOriginal "
     "7=KChangeNotice"},
    {"HashingAlgorithm",
     "1=MD2 2=MD4 3=MD5 4=SHA_1 5=SHA_224 6=SHA_256 7=SHA_384 8=SHA_512 9=RIPEMD_160 a=Tiger "
     "b=Whirlpool c=SHA_512_224 d=SHA_512_256 e=SHA_3_224 f=SHA_3_256 10=SHA_3_384 11=SHA_3_512"},
    {"KeyCompressionType",
     "1=ECPublicKeyTypeUncompressed 2=ECPublicKeyTypeX9_62CompressedPrime "
     "3=ECPublicKeyTypeX9_62CompressedChar2 4=ECPublicKeyTypeX9_62Hybrid"},
    {"KeyFormatType",
     "1=Raw 2=Opaque 3=PKCS_1 4=PKCS_8 5=X_509 6=ECPrivateKey 7=TransparentSymmetricKey "
     "8=TransparentDSAPrivateKey 9=TransparentDSAPublicKey a=TransparentRSAPrivateKey "
     "b=TransparentRSAPublicKey c=TransparentDHPrivateKey d=TransparentDHPublicKey "
     "e=TransparentECDSAPrivateKey f=TransparentECDSAPublicKey 10=TransparentECDHPrivateKey "
     "11=TransparentECDHPublicKey 12=TransparentECMQVPrivateKey 13=TransparentECMQVPublicKey "
     "14=TransparentECPrivateKey 15=TransparentECPublicKey 16=PKCS_12"},
    {"KeyRoleType",
     "1=BDK 2=CVK 3=DEK 4=MKAC 5=MKSMC 6=MKSMI 7=MKDAC 8=MKDN 9=MKCP a=MKOTH b=KEK c=MAC16609 "
     "d=MAC97971 e=MAC97972 f=MAC97973 10=MAC97974 11=MAC97975 12=ZPK 13=PVKIBM 14=PVKPVV "
     "15=PVKOTH 16=DUKPT 17=IV 18=TRKBK"},
    {"KeyValueLocationType",
     "1=UninterpretedTextString 2=URI"},
    {"KeyWrapType",
     "1=NotWrapped 2=AsRegistered"},
    {"LinkType",
     "101=CertificateLink 102=PublicKeyLink 103=PrivateKeyLink 104=DerivationBaseObjectLink "
     "105=DerivedKeyLink 106=ReplacementObjectLink 107=ReplacedObjectLink 108=ParentLink "
     "109=ChildLink 10a=PreviousLink 10b=NextLink 10c=PKCS_12CertificateLink "
     "10d=PKCS_12PasswordLink 10e=WrappingKeyLink"},
    {"MaskGenerator",
     "1=MGF1"},
    {"NameType",
     "1=UninterpretedTextString 2=URI"},
    {"ObjectGroupMember",
     "1=GroupMemberFresh 2=GroupMemberDefault"},
    {"ObjectType",
     "1=Certificate 2=SymmetricKey 3=PublicKey 4=PrivateKey 5=SplitKey 6=Template 7=SecretData "
     "8=OpaqueObject 9=PGPKey"},
    {"Operation",
     "1=Create 2=CreateKeyPair 3=Register 4=ReKey 5=DeriveKey 6=Certify 7=ReCertify 8=Locate "
     "9=Check a=Get b=GetAttributes c=GetAttributeList d=AddAttribute e=ModifyAttribute "
     "f=DeleteAttribute 10=ObtainLease 11=GetUsageAllocation 12=Activate 13=Revoke 14=Destroy "
     "15=Archive 16=Recover 17=Validate 18=Query 19=Cancel 1a=Poll 1b=Notify 1c=Put "
     "1d=ReKeyKeyPair 1e=DiscoverVersions 1f=Encrypt 20=Decrypt 21=Sign 22=SignatureVerify "
     "23=MAC 24=MACVerify 25=RNGRetrieve 26=RNGSeed 27=Hash 28=CreateSplitKey 29=JoinSplitKey "
     "2a=Import 2b=Export"},
    {"PaddingMethod",
     "1=None 2=OAEP 3=PKCS5 4=SSL3 5=Zeros 6=ANSIX9_23 7=ISO10126 8=PKCS1V1_5 9=X9_31 a=PSS"},
    {"ProfileName",
     "1=BaselineServerBasicKMIPV1_2 2=BaselineServerTLSV1_2KMIPV1_2 "
     "3=BaselineClientBasicKMIPV1_2 4=BaselineClientTLSV1_2KMIPV1_2 "
     "5=CompleteServerBasicKMIPV1_2 6=CompleteServerTLSV1_2KMIPV1_2 7=TapeLibraryClientKMIPV1_0 "
     "8=TapeLibraryClientKMIPV1_1 9=TapeLibraryClientKMIPV1_2 a=TapeLibraryServerKMIPV1_0 "
     "b=TapeLibraryServerKMIPV1_1 c=TapeLibraryServerKMIPV1_2 "
     "d=SymmetricKeyLifecycleClientKMIPV1_0 e=SymmetricKeyLifecycleClientKMIPV1_1 "
     "f=SymmetricKeyLifecycleClientKMIPV1_2 10=SymmetricKeyLifecycleServerKMIPV1_0 "
     "11=SymmetricKeyLifecycleServerKMIPV1_1 12=SymmetricKeyLifecycleServerKMIPV1_2 "
     "13=AsymmetricKeyLifecycleClientKMIPV1_0 14=AsymmetricKeyLifecycleClientKMIPV1_1 "
     "15=AsymmetricKeyLifecycleClientKMIPV1_2 16=AsymmetricKeyLifecycleServerKMIPV1_0 "
     "17=AsymmetricKeyLifecycleServerKMIPV1_1 18=AsymmetricKeyLifecycleServerKMIPV1_2 "
     "19=BasicCryptographicClientKMIPV1_2 1a=BasicCryptographicServerKMIPV1_2 "
     "1b=AdvancedCryptographicClientKMIPV1_2 1c=AdvancedCryptographicServerKMIPV1_2 "
     "1d=RNGCryptographicClientKMIPV1_2 1e=RNGCryptographicServerKMIPV1_2 "
     "1f=BasicSymmetricKeyFoundryClientKMIPV1_0 20=IntermediateSymmetricKeyFoundryClientKMIPV1_0 "
     "21=AdvancedSymmetricKeyFoundryClientKMIPV1_0 22=BasicSymmetricKeyFoundryClientKMIPV1_1 "
     "23=IntermediateSymmetricKeyFoundryClientKMIPV1_1 "
     "24=AdvancedSymmetricKeyFoundryClientKMIPV1_1 25=BasicSymmetricKeyFoundryClientKMIPV1_2 "
     "26=IntermediateSymmetricKeyFoundryClientKMIPV1_2 "
     "27=AdvancedSymmetricKeyFoundryClientKMIPV1_2 28=SymmetricKeyFoundryServerKMIPV1_0 "
     "29=SymmetricKeyFoundryServerKMIPV1_1 2a=SymmetricKeyFoundryServerKMIPV1_2 "
     "2b=OpaqueManagedObjectStoreClientKMIPV1_0 2c=OpaqueManagedObjectStoreClientKMIPV1_1 "
     "2d=OpaqueManagedObjectStoreClientKMIPV1_2 2e=OpaqueManagedObjectStoreServerKMIPV1_0 "
     "2f=OpaqueManagedObjectStoreServerKMIPV1_1 30=OpaqueManagedObjectStoreServerKMIPV1_2 "
     "31=SuiteBMinLOS_128ClientKMIPV1_0 32=SuiteBMinLOS_128ClientKMIPV1_1 "
     "33=SuiteBMinLOS_128ClientKMIPV1_2 34=SuiteBMinLOS_128ServerKMIPV1_0 "
     "35=SuiteBMinLOS_128ServerKMIPV1_1 36=SuiteBMinLOS_128ServerKMIPV1_2 "
     "37=SuiteBMinLOS_192ClientKMIPV1_0 38=SuiteBMinLOS_192ClientKMIPV1_1 "
     "39=SuiteBMinLOS_192ClientKMIPV1_2 3a=SuiteBMinLOS_192ServerKMIPV1_0 "
     "3b=SuiteBMinLOS_192ServerKMIPV1_1 3c=SuiteBMinLOS_192ServerKMIPV1_2 "
     "3d=StorageArrayWithSelfEncryptingDriveClientKMIPV1_0 "
     "3e=StorageArrayWithSelfEncryptingDriveClientKMIPV1_1 "
     "3f=StorageArrayWithSelfEncryptingDriveClientKMIPV1_2 "
     "40=StorageArrayWithSelfEncryptingDriveServerKMIPV1_0 "
     "41=StorageArrayWithSelfEncryptingDriveServerKMIPV1_1 "
     "42=StorageArrayWithSelfEncryptingDriveServerKMIPV1_2 43=HTTPSClientKMIPV1_0 "
     "44=HTTPSClientKMIPV1_1 45=HTTPSClientKMIPV1_2 46=HTTPSServerKMIPV1_0 "
     "47=HTTPSServerKMIPV1_1 48=HTTPSServerKMIPV1_2 49=JSONClientKMIPV1_0 4a=JSONClientKMIPV1_1 "
     "4b=JSONClientKMIPV1_2 4c=JSONServerKMIPV1_0 4d=JSONServerKMIPV1_1 4e=JSONServerKMIPV1_2 "
     "4f=XMLClientKMIPV1_0 50=XMLClientKMIPV1_1 51=XMLClientKMIPV1_2 52=XMLServerKMIPV1_0 "
     "53=XMLServerKMIPV1_1 54=XMLServerKMIPV1_2 55=BaselineServerBasicKMIPV1_3 "
     "56=BaselineServerTLSV1_2KMIPV1_3 57=BaselineClientBasicKMIPV1_3 "
     "58=BaselineClientTLSV1_2KMIPV1_3 59=CompleteServerBasicKMIPV1_3 "
     "5a=CompleteServerTLSV1_2KMIPV1_3 5b=TapeLibraryClientKMIPV1_3 5c=TapeLibraryServerKMIPV1_3 "
     "5d=SymmetricKeyLifecycleClientKMIPV1_3 5e=SymmetricKeyLifecycleServerKMIPV1_3 "
     "5f=AsymmetricKeyLifecycleClientKMIPV1_3 60=AsymmetricKeyLifecycleServerKMIPV1_3 "
     "61=BasicCryptographicClientKMIPV1_3 62=BasicCryptographicServerKMIPV1_3 "
     "63=AdvancedCryptographicClientKMIPV1_3 64=AdvancedCryptographicServerKMIPV1_3 "
     "65=RNGCryptographicClientKMIPV1_3 66=RNGCryptographicServerKMIPV1_3 "
     "67=BasicSymmetricKeyFoundryClientKMIPV1_3 68=IntermediateSymmetricKeyFoundryClientKMIPV1_3 "
     "69=AdvancedSymmetricKeyFoundryClientKMIPV1_3 6a=SymmetricKeyFoundryServerKMIPV1_3 "
     "6b=OpaqueManagedObjectStoreClientKMIPV1_3 6c=OpaqueManagedObjectStoreServerKMIPV1_3 "
     "6d=SuiteBMinLOS_128ClientKMIPV1_3 6e=SuiteBMinLOS_128ServerKMIPV1_3 "
     "6f=SuiteBMinLOS_192ClientKMIPV1_3 70=SuiteBMinLOS_192ServerKMIPV1_3 "
     "71=StorageArrayWithSelfEncryptingDriveClientKMIPV1_3 "
     "72=StorageArrayWithSelfEncryptingDriveServerKMIPV1_3 73=HTTPSClientKMIPV1_3 "
     "74=HTTPSServerKMIPV1_3 75=JSONClientKMIPV1_3 76=JSONServerKMIPV1_3 77=XMLClientKMIPV1_3 "
     "78=XMLServerKMIPV1_3 79=BaselineServerBasicKMIPV1_4 7a=BaselineServerTLSV1_2KMIPV1_4 "
     "7b=BaselineClientBasicKMIPV1_4 7c=BaselineClientTLSV1_2KMIPV1_4 "
     "7d=CompleteServerBasicKMIPV1_4 7e=CompleteServerTLSV1_2KMIPV1_4 "
     "7f=TapeLibraryClientKMIPV1_4 80=TapeLibraryServerKMIPV1_4 "
     "81=SymmetricKeyLifecycleClientKMIPV1_4 82=SymmetricKeyLifecycleServerKMIPV1_4 "
     "83=AsymmetricKeyLifecycleClientKMIPV1_4 84=AsymmetricKeyLifecycleServerKMIPV1_4 "
     "85=BasicCryptographicClientKMIPV1_4 86=BasicCryptographicServerKMIPV1_4 "
     "87=AdvancedCryptographicClientKMIPV1_4 88=AdvancedCryptographicServerKMIPV1_4 "
     "89=RNGCryptographicClientKMIPV1_4 8a=RNGCryptographicServerKMIPV1_4 "
     "8b=BasicSymmetricKeyFoundryClientKMIPV1_4 8c=IntermediateSymmetricKeyFoundryClientKMIPV1_4 "
     "8d=AdvancedSymmetricKeyFoundryClientKMIPV1_4 8e=SymmetricKeyFoundryServerKMIPV1_4 "
     "8f=OpaqueManagedObjectStoreClientKMIPV1_4 90=OpaqueManagedObjectStoreServerKMIPV1_4 "
     "91=SuiteBMinLOS_128ClientKMIPV1_4 92=SuiteBMinLOS_128ServerKMIPV1_4 "
     "93=SuiteBMinLOS_192ClientKMIPV1_4 94=SuiteBMinLOS_192ServerKMIPV1_4 "
     "95=StorageArrayWithSelfEncryptingDriveClientKMIPV1_4 "
     "96=StorageArrayWithSelfEncryptingDriveServerKMIPV1_4 97=HTTPSClientKMIPV1_4 "
     "98=HTTPSServerKMIPV1_4 99=JSONClientKMIPV1_4 9a=JSONServerKMIPV1_4 9b=XMLClientKMIPV1_4 "
     "9c=XMLServerKMIPV1_4"},
    {"PutFunction",
     "1=New 2=Replace"},
    {"QueryFunction",
     "1=QueryOperations 2=QueryObjects 3=QueryServerInformation 4=QueryApplicationNamespaces "
     "5=QueryExtensionList 6=QueryExtensionMap 7=QueryAttestationTypes 8=QueryRNGs "
     "9=QueryValidations a=QueryProfiles b=QueryCapabilities c=QueryClientRegistrationMethods"},
    {"RNGAlgorithm",
     "1=Unspecified 2=FIPS186_2 3=DRBG 4=NRBG 5=ANSIX9_31 6=ANSIX9_62"},
    {"RNGMode",
     "1=Unspecified 2=SharedInstantiation 3=NonSharedInstantiation"},
    {"RecommendedCurve",
     "1=P_192 2=K_163 3=B_163 4=P_224 5=K_233 6=B_233 7=P_256 8=K_283 9=B_283 a=P_384 b=K_409 "
     "c=B_409 d=P_521 e=K_571 f=B_571 10=SECP112R1 11=SECP112R2 12=SECP128R1 13=SECP128R2 "
     "14=SECP160K1 15=SECP160R1 16=SECP160R2 17=SECP192K1 18=SECP224K1 19=SECP256K1 1a=SECT113R1 "
     "1b=SECT113R2 1c=SECT131R1 1d=SECT131R2 1e=SECT163R1 1f=SECT193R1 20=SECT193R2 21=SECT239K1 "
     "22=ANSIX9P192V2 23=ANSIX9P192V3 24=ANSIX9P239V1 25=ANSIX9P239V2 26=ANSIX9P239V3 "
     "27=ANSIX9C2PNB163V1 28=ANSIX9C2PNB163V2 29=ANSIX9C2PNB163V3 2a=ANSIX9C2PNB176V1 "
     "2b=ANSIX9C2TNB191V1 2c=ANSIX9C2TNB191V2 2d=ANSIX9C2TNB191V3 2e=ANSIX9C2PNB208W1 "
     "2f=ANSIX9C2TNB239V1 30=ANSIX9C2TNB239V2 31=ANSIX9C2TNB239V3 32=ANSIX9C2PNB272W1 "
     "33=ANSIX9C2PNB304W1 34=ANSIX9C2TNB359V1 35=ANSIX9C2PNB368W1 36=ANSIX9C2TNB431R1 "
     "37=BRAINPOOLP160R1 38=BRAINPOOLP160T1 39=BRAINPOOLP192R1 3a=BRAINPOOLP192T1 "
     "3b=BRAINPOOLP224R1 3c=BRAINPOOLP224T1 3d=BRAINPOOLP256R1 3e=BRAINPOOLP256T1 "
     "3f=BRAINPOOLP320R1 40=BRAINPOOLP320T1 41=BRAINPOOLP384R1 42=BRAINPOOLP384T1 "
     "43=BRAINPOOLP512R1 44=BRAINPOOLP512T1"},
    {"ResultReason",
     "1=ItemNotFound 2=ResponseTooLarge 3=AuthenticationNotSuccessful 4=InvalidMessage "
     "5=OperationNotSupported 6=MissingData 7=InvalidField 8=FeatureNotSupported "
     "9=OperationCanceledByRequester a=CryptographicFailure b=IllegalOperation "
     "c=PermissionDenied d=ObjectArchived e=IndexOutofBounds f=ApplicationNamespaceNotSupported "
     "10=KeyFormatTypeNotSupported 11=KeyCompressionTypeNotSupported 12=EncodingOptionError "
     "13=KeyValueNotPresent 14=AttestationRequired 15=AttestationFailed 16=Sensitive "
     "17=NotExtractable 18=ObjectAlreadyExists 100=GeneralFailure"},
    {"ResultStatus",
     "0=Success 1=OperationFailed 2=OperationPending 3=OperationUndone"},
    {"RevocationReasonCode",
     "1=Unspecified 2=KeyCompromise 3=CACompromise 4=AffiliationChanged 5=Superseded "
     "6=CessationOfOperation 7=PrivilegeWithdrawn"},
    {"SecretDataType",
     "1=Password 2=Seed"},
    {"ShreddingAlgorithm",
     "1=Unspecified 2=Cryptographic 3=Unsupported"},
    {"SplitKeyMethod",
     "1=XOR 2=PolynomialSharingGF216 3=PolynomialSharingPrimeField 4=PolynomialSharingGF28"},
    {"State",
     "1=PreActive 2=Active 3=Deactivated 4=Compromised 5=Destroyed 6=DestroyedCompromised"},
    {"UnwrapMode",
     "1=Unspecified 2=Processed 3=NotProcessed"},
    {"UsageLimitsUnit",
     "1=Byte 2=Object"},
    {"ValidationAuthorityType",
     "1=Unspecified 2=NISTCMVP 3=CommonCriteria"},
    {"ValidationType",
     "1=Unspecified 2=Hardware 3=Software 4=Firmware 5=Hybrid"},
    {"ValidityIndicator",
     "1=Valid 2=Invalid 3=Unknown"},
    {"WrappingMethod",
     "1=Encrypt 2=MACSign 3=EncryptThenMACSign 4=MACSignThenEncrypt 5=TR_31"},
};

/// "1=One 2=Two" by number.
std::map<std::uint32_t, std::string> listed(std::string_view list) {
    std::map<std::uint32_t, std::string> out;
    while (!list.empty()) {
        const std::size_t space = std::min(list.find(' '), list.size());
        const std::string_view entry = list.substr(0, space);
        const std::size_t equal = entry.find('=');
        const std::string number(entry.substr(0, equal));
        out[static_cast<std::uint32_t>(std::stoul(number, nullptr, 16))] =
            entry.substr(equal + 1);
        list.remove_prefix(std::min(space + 1, list.size()));
    }
    return out;
}

TEST(TtlvNames, TagsAreThoseOfASecondSource) {
    const auto tags = listed(kTags);
    EXPECT_EQ(tags.size(), 292u);
    for (const auto& [number, text] : tags) {
        const Tag tag = 0x420000 + number;
        EXPECT_EQ(tag_text(tag), text);
        EXPECT_EQ(tag_from_text(text), tag);
    }
}

TEST(TtlvNames, EnumerationsAreThoseOfASecondSource) {
    std::size_t values = 0;
    for (const auto& [name, list] : kEnumerations) {
        const auto tag = tag_from_text(name);
        ASSERT_TRUE(tag) << name;
        for (const auto& [value, text] : listed(list)) {
            EXPECT_TRUE(enumeration_has(*tag, value)) << name << " " << text;
            EXPECT_EQ(enumeration_from_text(*tag, text), value) << name << " " << text;
            ++values;
        }
    }
    EXPECT_EQ(values, 601u);
}

TEST(TtlvNames, EveryNameReadsBackAndTablesAscend) {
    const auto check = [](std::span<const Row> rows, const auto& text_of, const auto& value_of) {
        for (std::size_t i = 0; i < rows.size(); ++i) {
            EXPECT_TRUE(i == 0 || rows[i - 1].value <= rows[i].value) << rows[i].name;
            EXPECT_EQ(value_of(camel_case(rows[i].name)), rows[i].value) << rows[i].name;
            EXPECT_EQ(value_of(text_of(rows[i].value)), rows[i].value) << rows[i].name;
        }
    };
    check(tag_rows(), tag_text, tag_from_text);
    EXPECT_EQ(tag_rows().size(), 371u);
    for (const auto& part :
         {algorithm_enumerations(), protocol_enumerations(), profile_enumerations()}) {
        for (const Enumeration& all : part) {
            check(
                all.rows, [&](std::uint32_t v) { return enumeration_text(all.tag, v); },
                [&](const std::string& text) { return enumeration_from_text(all.tag, text); });
        }
    }
    for (const Enumeration& all : masks()) {
        EXPECT_TRUE(is_mask(all.tag));
        check(
            all.rows, [&](std::uint32_t v) { return mask_bit_text(all.tag, v); },
            [&](const std::string& text) { return mask_bit_from_text(all.tag, text); });
    }
}

TEST(TtlvNames, TextsFollowTheRuleOfTheProfiles) {
    EXPECT_EQ(camel_case("Unique Identifier"), "UniqueIdentifier");
    EXPECT_EQ(camel_case("X.509 Certificate Issuer"), "X_509CertificateIssuer");
    EXPECT_EQ(camel_case("3DES"), "DES3");
    EXPECT_EQ(camel_case("Template-Attribute"), "TemplateAttribute");
    EXPECT_EQ(camel_case("Re-key Key Pair"), "ReKeyKeyPair");
    EXPECT_EQ(camel_case("IV/Counter/Nonce"), "IVCounterNonce");
    EXPECT_EQ(camel_case("HMAC-SHA256"), "HMAC_SHA256");
    EXPECT_EQ(camel_case("PKCS#1"), "PKCS_1");
    EXPECT_EQ(camel_case("PKCS1 v1.5"), "PKCS1V1_5");
    EXPECT_EQ(camel_case("SHA-512/224"), "SHA_512_224");
    EXPECT_EQ(camel_case("Polynomial Sharing GF (2^8)"), "PolynomialSharingGF2_8");
    EXPECT_EQ(camel_case("On-line Storage"), "OnLineStorage");
    EXPECT_EQ(camel_case("Private signature key"), "PrivateSignatureKey");
    EXPECT_EQ(camel_case(""), "");
    EXPECT_EQ(camel_case("123"), "123");
    EXPECT_EQ(camel_case("a"), "A");
}

TEST(TtlvNames, UnknownNumbersAreHexadecimalAndReadBack) {
    EXPECT_EQ(tag_text(0x54000f), "0x54000F");
    EXPECT_EQ(tag_name(0x54000f), "");
    EXPECT_EQ(tag_from_text("0x54000F"), 0x54000fu);
    EXPECT_EQ(tag_from_text("0x54000f"), 0x54000fu);
    EXPECT_EQ(tag_from_text("0x420094"), tag::kUniqueIdentifier);
    EXPECT_FALSE(tag_from_text("0x1000000"));
    EXPECT_FALSE(tag_from_text("0x"));
    EXPECT_FALSE(tag_from_text("0x42000g"));
    EXPECT_FALSE(tag_from_text("Unique Identifier"));
    EXPECT_FALSE(tag_from_text(""));
    EXPECT_EQ(enumeration_text(tag::kOperation, 0x80000001), "0x80000001");
    EXPECT_EQ(enumeration_from_text(tag::kOperation, "0x80000001"), 0x80000001u);
    EXPECT_EQ(enumeration_from_text(tag::kOperation, "0x0000000A"), 10u);
    EXPECT_FALSE(enumeration_from_text(tag::kOperation, "0x100000000"));
    EXPECT_FALSE(enumeration_from_text(tag::kOperation, "Fly"));
    EXPECT_FALSE(enumeration_from_text(tag::kActivationDate, "Create"));
    EXPECT_FALSE(enumeration_has(tag::kOperation, 0x80000001));
    EXPECT_FALSE(enumeration_has(tag::kOperation, 0));
    EXPECT_FALSE(enumeration_has(tag::kActivationDate, 1));
    EXPECT_EQ(mask_bit_text(tag::kCryptographicUsageMask, 0x80000000), "0x80000000");
}

TEST(TtlvNames, AttributesAreNamedExactly) {
    EXPECT_EQ(tag_from_name("Cryptographic Usage Mask"), tag::kCryptographicUsageMask);
    EXPECT_EQ(tag_from_name("X.509 Certificate Subject"), tag::kX509CertificateSubject);
    EXPECT_EQ(tag_from_name("PKCS#12 Friendly Name"), tag::kPKCS12FriendlyName);
    EXPECT_FALSE(tag_from_name("cryptographic usage mask"));
    EXPECT_FALSE(tag_from_name("CryptographicUsageMask"));
    EXPECT_FALSE(tag_from_name("x-ID"));
    EXPECT_FALSE(tag_from_name(""));
}

TEST(TtlvNames, WhatPeersWriteOtherwiseIsRead) {
    EXPECT_EQ(enumeration_from_text(tag::kMaskGenerator, "MFG1"), 1u);
    EXPECT_EQ(enumeration_text(tag::kMaskGenerator, 1), "MGF1");
    EXPECT_EQ(enumeration_from_text(tag::kHashingAlgorithm, "SHA_3_256"), 15u);
    EXPECT_EQ(enumeration_text(tag::kHashingAlgorithm, 15), "SHA3_256");
    EXPECT_EQ(enumeration_from_text(tag::kResultReason, "IndexOutofBounds"), 14u);
    EXPECT_EQ(tag_from_text("uniqueidentifier"), tag::kUniqueIdentifier);
}

TEST(TtlvNames, TagsShareEnumerations) {
    EXPECT_EQ(enumeration_text(tag::kMaskGeneratorHashingAlgorithm, 6), "SHA_256");
    EXPECT_EQ(enumeration_text(tag::kLinkedObjectIdentifier, 1), "IDPlaceholder");
    EXPECT_EQ(enumeration_text(tag::kAttributeReference, tag::kState), "State");
    EXPECT_EQ(enumeration_from_text(tag::kTag, "ObjectType"), tag::kObjectType);
    const auto ml_dsa = static_cast<std::uint32_t>(CryptographicAlgorithm::kMLDSA87);
    EXPECT_EQ(ml_dsa, 0x3eu);
    EXPECT_EQ(enumeration_name(tag::kCryptographicAlgorithm, 0x39), "ML-KEM-512");
    EXPECT_EQ(static_cast<std::uint32_t>(Operation::kPing), 0x3bu);
    EXPECT_EQ(static_cast<std::uint32_t>(ResultReason::kGeneralFailure), 0x100u);
}

TEST(TtlvNames, MasksAreBits) {
    EXPECT_TRUE(is_mask(tag::kCryptographicUsageMask));
    EXPECT_TRUE(is_mask(tag::kStorageStatusMask));
    EXPECT_TRUE(is_mask(tag::kProtectionStorageMask));
    EXPECT_FALSE(is_mask(tag::kState));
    EXPECT_EQ(mask_bit_from_text(tag::kCryptographicUsageMask, "MACGenerate"),
              usage_mask::kMACGenerate);
    EXPECT_EQ(mask_bit_name(tag::kStorageStatusMask, storage_status_mask::kArchivalStorage),
              "Archival Storage");
    EXPECT_FALSE(mask_bit_from_text(tag::kState, "Sign"));
    EXPECT_EQ(usage_mask::kTranslateUnwrap, 0x80000u);
    EXPECT_EQ(protection_storage_mask::kSameJurisdiction, 0x2000u);
}

}  // namespace
}  // namespace chatelaine::ttlv
