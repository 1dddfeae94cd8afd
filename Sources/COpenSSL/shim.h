/// OpenSSL 3, and what it offers as macros only, which Swift does not see.
#ifndef HEADROOM_COPENSSL_H
#define HEADROOM_COPENSSL_H

#include <openssl/bio.h>
#include <openssl/core_dispatch.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/provider.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509err.h>
#include <openssl/x509v3.h>

/// TLS 1.2 or 1.3 as numbers of the wire; 0: whatever the library likes.
static inline int openssl_set_versions(SSL_CTX *context, int lowest, int highest) {
    return SSL_CTX_set_min_proto_version(context, lowest) && SSL_CTX_set_max_proto_version(context, highest);
}

/// Buffers are given back when empty, a write may take less than all, and may be repeated from other memory; the
/// peer cannot ask for a new handshake, records are not compressed, no session is kept by the library, and an end
/// without close_notify is left to us.
static inline void openssl_set_defaults(SSL_CTX *context) {
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE
                                  | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_AUTO_RETRY);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
}

/// A server gives no tickets, without which no session of its can be resumed: it keeps none itself.
static inline void openssl_refuse_resumption(SSL_CTX *context) {
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
    SSL_CTX_set_num_tickets(context, 0);
}

static inline int openssl_set_groups(SSL_CTX *context, const char *list) {
    return (int)SSL_CTX_set1_groups_list(context, list);
}
static inline int openssl_set_server_name(SSL *ssl, const char *name) {
    return (int)SSL_set_tlsext_host_name(ssl, name);
}
/// The group of the handshake's key exchange, and its name.
static inline int openssl_group(SSL *ssl) { return (int)SSL_get_negotiated_group(ssl); }
static inline const char *openssl_group_name(SSL *ssl, int group) { return SSL_group_to_name(ssl, group); }
static inline void openssl_refuse_passwords(SSL_CTX *context, pem_password_cb *callback) {
    SSL_CTX_set_default_passwd_cb(context, callback);
}

static inline void openssl_bio_clear_retry(BIO *bio) { BIO_clear_retry_flags(bio); }
static inline void openssl_bio_retry_read(BIO *bio) { BIO_set_retry_read(bio); }
static inline void openssl_bio_retry_write(BIO *bio) { BIO_set_retry_write(bio); }
static inline int openssl_bio_type(void) { return BIO_get_new_index() | BIO_TYPE_SOURCE_SINK; }
static inline long openssl_bio_bytes(BIO *bio, char **bytes) { return BIO_get_mem_data(bio, bytes); }

/// Reason code of a queued error if the TLS part of the library raised it, else 0.
static inline int openssl_tls_reason(unsigned long code) {
    return ERR_GET_LIB(code) == ERR_LIB_SSL ? ERR_GET_REASON(code) : 0;
}
/// The errno in a queued error if a system call raised it, else 0.
static inline int openssl_system_error(unsigned long code) {
    return ERR_SYSTEM_ERROR(code) ? ERR_GET_REASON(code) : 0;
}

/// Whether a queued error says that a key is not that of the certificate.
static inline int openssl_is_key_mismatch(unsigned long code) {
    return ERR_GET_LIB(code) == ERR_LIB_X509
           && (ERR_GET_REASON(code) == X509_R_KEY_VALUES_MISMATCH || ERR_GET_REASON(code) == X509_R_KEY_TYPE_MISMATCH);
}

/// HMAC with a hash such as SHA2-256, a key still to come; NULL: not known, or no memory.
static inline EVP_MAC_CTX *openssl_hmac(EVP_MAC *hmac, const char *hash) {
    EVP_MAC_CTX *context = hmac ? EVP_MAC_CTX_new(hmac) : NULL;
    OSSL_PARAM settings[] = {OSSL_PARAM_construct_utf8_string("digest", (char *)hash, 0), OSSL_PARAM_construct_end()};
    if (context && EVP_MAC_CTX_set_params(context, settings)) return context;
    EVP_MAC_CTX_free(context);
    return NULL;
}

/// A new P-256 key.
static inline EVP_PKEY *openssl_make_key(void) { return EVP_EC_gen("P-256"); }

/// Adds an extension such as subjectAltName in OpenSSL's configuration words.
static inline int openssl_add_extension(X509 *certificate, int nid, const char *value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    if (!extension) return 0;
    int status = X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    return status;
}

#endif
