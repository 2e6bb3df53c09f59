/* scalar_products.h - inside kernels/: the products of the scalar column. */
#ifndef ALCOVE_MODELS_KERNELS_SCALAR_PRODUCTS_H
#define ALCOVE_MODELS_KERNELS_SCALAR_PRODUCTS_H

#include "models/kernels/kernels.h"

extern product scalar_f32_product, scalar_f16_product, scalar_bf16_product, scalar_q8_product,
    scalar_q4_product, scalar_q4m_product, scalar_nl_product, scalar_q5_product,
    scalar_q5m_product, scalar_q2k_product, scalar_q3k_product, scalar_q4k_product,
    scalar_q5k_product, scalar_q6_product;

#define SCALAR_PRODUCTS PRODUCTS(scalar_)

#endif
