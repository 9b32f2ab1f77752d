import { IsISO4217CurrencyCode, Matches } from 'class-validator';
import { AcceptsReadOnlyMembers, IsText, IsWholeNumber, MayBeAbsent, MayBeRemoved } from '#contracts';

/** A product as `/products` returns it. */
export interface Product {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly category: string;
  /** Integer in minor units of `currency` (cents for EUR, won for KRW). */
  readonly price: number;
  /** ISO 4217. */
  readonly currency: string;
  /** Pieces available for sale, never below zero. */
  readonly stock: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Valid category names. A category is also a path segment of `/products/category/{category}`. */
const CATEGORY = /^[\p{L}\p{N}][\p{L}\p{N} _.&-]{0,63}$/u;

/** Highest price of a product, in minor units. The limit keeps the total of an order an exact integer. */
export const MAX_PRICE = 1_000_000_000;
export const MAX_STOCK = 1_000_000_000;

const CATEGORY_MESSAGE = {
  message: 'category must be 1 to 64 letters, digits, spaces and "_", ".", "&", "-"',
};

/** Body of `POST /products`. */
export class ProductDto {
  @IsText({ max: 200 })
  name!: string;

  @MayBeRemoved()
  @IsText({ min: 0, max: 4000 })
  description?: string | null;

  @Matches(CATEGORY, CATEGORY_MESSAGE)
  category!: string;

  @IsWholeNumber(0, MAX_PRICE)
  price!: number;

  @IsISO4217CurrencyCode()
  currency!: string;

  @IsWholeNumber(0, MAX_STOCK)
  stock!: number;
}

/** Body of `PUT /products/{id}`: a new product, or a product returned by `GET` with changed values. */
@AcceptsReadOnlyMembers()
export class ProductReplacementDto extends ProductDto {}

/** Body of `PATCH /products/{id}`: the members to change; `description: null` removes it (RFC 7396). */
@AcceptsReadOnlyMembers()
export class ProductPatchDto {
  @MayBeAbsent()
  @IsText({ max: 200 })
  name?: string;

  @MayBeRemoved()
  @IsText({ min: 0, max: 4000 })
  description?: string | null;

  @MayBeAbsent()
  @Matches(CATEGORY, CATEGORY_MESSAGE)
  category?: string;

  @MayBeAbsent()
  @IsWholeNumber(0, MAX_PRICE)
  price?: number;

  @MayBeAbsent()
  @IsISO4217CurrencyCode()
  currency?: string;

  @MayBeAbsent()
  @IsWholeNumber(0, MAX_STOCK)
  stock?: number;

  /** Pieces to add to the current stock; a negative number removes pieces. Not allowed together with `stock`. */
  @MayBeAbsent()
  @IsWholeNumber(-MAX_STOCK, MAX_STOCK)
  stockDelta?: number;
}
