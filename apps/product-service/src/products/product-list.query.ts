import { IsISO4217CurrencyCode } from 'class-validator';
import { IsText, IsWholeNumber, MayBeAbsent, QueryInteger } from '#contracts';
import {
  creationTimes,
  DescribeParameter,
  IsNotBelow,
  IsSearch,
  IsSortOf,
  ListQueryDto,
  searchOf,
  type ListFilters,
} from '#service-kit';
import { MAX_PRICE } from '#shop-contracts';
import { PRODUCT_LIST, PRODUCT_WORDS } from '../store/product.schema.js';

/** The query of `GET /products`. */
export class ProductListQueryDto extends ListQueryDto {
  @DescribeParameter({ description: 'products of this category', example: 'kitchen' })
  @MayBeAbsent()
  @IsText({ max: 64 })
  category?: string;

  @IsSearch('words of the name, the category and the description, in any case', 'cast iron')
  q?: string;

  @DescribeParameter({ description: 'lowest price in minor units, of any currency', example: 1000 })
  @MayBeAbsent()
  @QueryInteger()
  @IsWholeNumber(0, MAX_PRICE)
  minPrice?: number;

  @DescribeParameter({ description: 'highest price in minor units, of any currency', example: 9900 })
  @MayBeAbsent()
  @QueryInteger()
  @IsNotBelow('minPrice')
  @IsWholeNumber(0, MAX_PRICE)
  maxPrice?: number;

  @DescribeParameter({ description: 'products with prices in this currency', example: 'EUR' })
  @MayBeAbsent()
  @IsISO4217CurrencyCode()
  currency?: string;

  @IsSortOf(PRODUCT_LIST)
  override sort?: string;
}

export const filtersOf = (query: ProductListQueryDto): ListFilters => ({
  equal: { category: query.category, currency: query.currency?.toUpperCase() },
  ranges: {
    createdAt: creationTimes(query),
    price: { min: query.minPrice, max: query.maxPrice },
  },
  lookup: searchOf(PRODUCT_WORDS, query.q),
});
