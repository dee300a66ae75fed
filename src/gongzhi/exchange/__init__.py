"""给和要: what somebody can give (a service, a room, a thing, a courtesy, a hand) and what somebody wishes for.

Three ideas carry every named mechanism, each kind a pack: an Offer (供给), a Need (需求、心愿), and a Claim (认领、
预约、兑换) on one of them. What is booked holds a Slot that no other booking may touch; what happened is a Fulfilment;
how it was is a Rating. Legal basis: 志愿服务条例 (2017), 慈善法 (2023) 122, 个人信息保护法 31; docs/decisions/0027.
"""
